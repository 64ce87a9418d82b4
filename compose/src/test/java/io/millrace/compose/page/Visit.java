package io.millrace.compose.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.ConsoleMessage;
import com.microsoft.playwright.Dialog;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.WebError;
import com.microsoft.playwright.options.AriaRole;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What a test does in the browser, which forgets it afterwards, and everything that the browser complains of. */
final class Visit implements AutoCloseable {
    final BrowserContext context;
    private final Consumer<ConsoleMessage> onConsole = this::note;
    private final Consumer<WebError> onError = this::failed;
    private final Consumer<Dialog> onDialog = this::dismiss;
    private final List<String> complaints = new ArrayList<>();
    private Predicate<String> expected = _ -> false;
    private String url;

    Visit(BrowserContext context) {
        this.context = context;
        context.onConsoleMessage(onConsole);
        context.onWebError(onError);
        context.onDialog(onDialog);
    }

    private void note(ConsoleMessage message) {
        // violations of the page's policy are among them
        if (message.type().equals("error") || message.type().equals("warning")) {
            complain(message.text());
        }
    }

    private void dismiss(Dialog dialog) {
        complain("a dialog: " + dialog.message());
        dialog.dismiss();
    }

    private void failed(WebError error) {
        complain(error.error());
    }

    private void complain(String complaint) {
        complaints.add(complaint);
    }

    /** Chromium tells of requests that fail; this test makes them fail. */
    void expectFailedRequests() {
        expected = complaint -> complaint.startsWith("Failed to load resource:");
    }

    Page open(String address) {
        url = address.replaceFirst("#.*", "");
        Page page = context.newPage();
        page.navigate(address);
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

    /** Closes all pages, and lets the browser forget what they kept. Before the gateway is closed. */
    void forget() {
        List<Page> pages = context.pages();
        pages.stream().skip(1).forEach(Page::close);
        if (!pages.isEmpty()) {
            context.offConsoleMessage(onConsole);
            Page last = pages.getFirst();
            // of the same origin, with nothing that keeps anything
            last.navigate(url + "page/mark.svg");
            last.evaluate("() => { localStorage.clear(); sessionStorage.clear(); }");
            last.close();
        }
    }

    @Override
    public void close() {
        forget();
        context.offConsoleMessage(onConsole);
        context.offWebError(onError);
        context.offDialog(onDialog);
        complaints.removeIf(expected);
        assertThat(complaints).as("what the browser complained of").isEmpty();
    }
}
