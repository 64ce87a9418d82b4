package io.millrace.compose.page;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One browser for all tests of this JVM. After each test it is checked that the browser had nothing to complain of. */
final class InBrowser implements BeforeAllCallback, AfterEachCallback {
    private BrowserContext context;
    private Visit visit;

    @Override
    public void beforeAll(ExtensionContext extension) {
        Optional<Path> program = Chromium.find();
        Assumptions.assumeTrue(program.isPresent(), Chromium.MISSING);
        PlaywrightAssertions.setDefaultAssertionTimeout(Chromium.PATIENCE_MILLIS);
        context = extension.getRoot().getStore(ExtensionContext.Namespace.create(InBrowser.class))
                .computeIfAbsent(Chromium.class, _ -> Chromium.start(program.orElseThrow()), Chromium.class).context();
    }

    /** This test's. */
    Visit visit() {
        visit = new Visit(context);
        return visit;
    }

    @Override
    public void afterEach(ExtensionContext extension) {
        if (visit != null) {
            visit.close();
            visit = null;
        }
    }
}
