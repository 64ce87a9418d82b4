package io.millrace.compose.page;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ReducedMotion;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The machine's own browser, driven by Playwright, and the profile that all tests use, for its cache. Belongs to the thread that started it. */
record Chromium(Playwright playwright, Browser browser, BrowserContext context) implements AutoCloseable {
    static final String MISSING = "there is no Chromium on the PATH: install one, or name it with -Dchromium=FILE";

    /** Of whatever waits for something to be seen. */
    static final int PATIENCE_MILLIS = 20_000;

    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome",
            "google-chrome-stable");

    /** Where it is, if there is one. */
    static Optional<Path> find() {
        String given = System.getProperty("chromium");
        if (given != null) {
            return Optional.of(Path.of(given));
        }
        return NAMES.stream().flatMap(name -> Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))).filter(Files::isExecutable).findFirst();
    }

    static Chromium start(Path program) {
        var playwright = Playwright.create(new Playwright.CreateOptions()
                .setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        var browser = playwright.chromium().launch(new BrowserType.LaunchOptions().setExecutablePath(program)
                .setArgs(List.of("--disable-gpu", "--no-first-run", "--disable-background-networking",
                        "--disable-component-update", "--disable-sync")));
        // what moves without end keeps a processor busy
        var context = browser.newContext(new Browser.NewContextOptions().setReducedMotion(ReducedMotion.REDUCE));
        context.setDefaultTimeout(PATIENCE_MILLIS);
        return new Chromium(playwright, browser, context);
    }

    @Override
    public void close() {
        browser.close();
        playwright.close();
    }
}
