package io.millrace.compose.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** A person's browser: pages that share what they keep, and everything that browser complains of. */
final class Visit implements AutoCloseable {
    private static final int PATIENCE_MILLIS = 20_000;

    final BrowserContext context;
    private final List<String> complaints = new ArrayList<>();
    private Predicate<String> expected = _ -> false;

    Visit(Browser browser, Browser.NewContextOptions options) {
        context = browser.newContext(options);
        context.setDefaultTimeout(PATIENCE_MILLIS);
        context.onConsoleMessage(this::note);
        context.onWebError(error -> complaints.add(error.error()));
        context.onDialog(dialog -> {
            complaints.add("a dialog: " + dialog.message());
            dialog.dismiss();
        });
    }

    private void note(ConsoleMessage message) {
        // violations of the page's policy are among them
        if (message.type().equals("error") || message.type().equals("warning")) {
            complaints.add(message.text());
        }
    }

    /** Chromium tells of requests that fail; this test makes them fail. */
    void expectFailedRequests() {
        expected = complaint -> complaint.startsWith("Failed to load resource:");
    }

    Page open(String url) {
        Page page = context.newPage();
        page.navigate(url);
        return page;
    }

    static Locator button(Page page, String name) {
        return page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
    }

    /** The chat's text field. */
    static Locator composer(Page page) {
        return page.getByLabel("Message", new Page.GetByLabelOptions().setExact(true));
    }

    static void say(Page page, String text) {
        composer(page).fill(text);
        composer(page).press("Enter");
    }

    static Locator answer(Page page) {
        return page.getByRole(AriaRole.ARTICLE, new Page.GetByRoleOptions().setName("Answer").setExact(true)).last();
    }

    static Locator answerText(Page page) {
        return answer(page).locator(".prose");
    }

    /** Returns once the last answer is there to its end. */
    static void awaitAnswer(Page page) {
        assertThat(button(page, "Send")).isVisible();
        assertThat(answer(page)).hasAttribute("aria-busy", "false");
    }

    @Override
    public void close() {
        context.close();
        complaints.removeIf(expected);
        assertThat(complaints).as("what the browser complained of").isEmpty();
    }
}
