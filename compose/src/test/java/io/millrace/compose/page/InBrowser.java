package io.millrace.compose.page;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One browser for all tests of this JVM. After each test it is checked that the browser had nothing to complain of. */
final class InBrowser implements BeforeAllCallback, AfterEachCallback {
    private static final int PATIENCE_MILLIS = 20_000;

    private final List<Visit> visits = new ArrayList<>();
    private Browser browser;

    @Override
    public void beforeAll(ExtensionContext context) {
        Optional<Path> program = Chromium.find();
        Assumptions.assumeTrue(program.isPresent(), Chromium.MISSING);
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
        browser = context.getRoot().getStore(ExtensionContext.Namespace.create(InBrowser.class))
                .computeIfAbsent(Chromium.class, _ -> Chromium.start(program.orElseThrow()), Chromium.class).browser();
    }

    Visit visit() {
        return visit(new Browser.NewContextOptions());
    }

    Visit visit(Browser.NewContextOptions options) {
        var visit = new Visit(browser, options);
        visits.add(visit);
        return visit;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        var ended = List.copyOf(visits);
        visits.clear();
        ended.forEach(Visit::close);
    }
}
