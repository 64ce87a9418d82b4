package io.millrace.compose.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.millrace.compose.page.Visit.answer;
import static io.millrace.compose.page.Visit.answerText;
import static io.millrace.compose.page.Visit.awaitAnswer;
import static io.millrace.compose.page.Visit.button;
import static io.millrace.compose.page.Visit.say;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.millrace.compose.pipeline.Cluster;
import io.millrace.compose.pipeline.ScriptedRunner;
import io.millrace.sink.http.Access;
import io.millrace.sink.http.ApiKeys;
import io.millrace.sink.http.Limits;
import io.millrace.sink.http.Scope;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a person can cause, or run into, has words and a way on. */
@Tag("long")
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class TroublePageIT {
    @RegisterExtension
    static final InBrowser BROWSER = new InBrowser();

    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

    private static final Access KEYS = new Access(Optional.of(ApiKeys.parse(List.of(ApiKeys.line("alice", Set.of(
            Scope.GENERATE, Scope.SUBSCRIBE), "alices-key")))), Set.of(), false);

    private static String words(int count) {
        return ScriptedRunner.text(count).strip();
    }

    private static void giveKey(Page page, String key) {
        page.getByLabel("Key", new Page.GetByLabelOptions().setExact(true)).and(page.locator("input")).fill(key);
        button(page, "Use it").click();
    }

    @Test
    void aKeyIsAskedForAndKeptForThisTabOnly() {
        try (var served = ServedPage.withScript(CLUSTER, options -> options.withAccess(KEYS))) {
            Visit visit = BROWSER.visit();
            visit.expectFailedRequests();
            Page page = visit.open(served.url());
            assertThat(page.locator("#status")).hasText("Key needed");
            say(page, "3 tokens");
            assertThat(answer(page).getByRole(AriaRole.ALERT)).containsText("A key is needed.");
            button(page, "Enter a key").click();
            giveKey(page, "wrong");
            button(page, "Try again").click();
            assertThat(answer(page).getByRole(AriaRole.ALERT)).containsText("not known here");
            button(page, "Enter a key").click();
            giveKey(page, "alices-key");
            button(page, "Try again").click();
            awaitAnswer(page);
            assertThat(answerText(page)).hasText(words(3));
            assertThat((String) page.evaluate("JSON.stringify(localStorage)")).doesNotContain("alices-key");
            assertThat(page.evaluate("sessionStorage.getItem('millrace.key')")).isEqualTo("alices-key");
            // what a key makes has its name
            answer(page).getByRole(AriaRole.LINK).click();
            assertThat(page.locator(".stream-text")).hasText(words(3));
            page.navigate(served.url() + "#/streams/somebody-elses");
            assertThat(page.locator(".stream-state")).containsText("This is not allowed.");
            visit.forget();
        }
    }

    @Test
    void whereThereIsNoRoomItIsTriedAgainInTime() {
        var limits = new Limits(100, 1, 1_000_000, 1_000, Limits.DEFAULT.bodyTimeout(), Limits.DEFAULT.idleTimeout());
        try (var served = ServedPage.withScript(CLUSTER, options -> options.withLimits(limits))) {
            Visit visit = BROWSER.visit();
            visit.expectFailedRequests();
            Page first = visit.open(served.url());
            Page second = visit.open(served.url());
            say(first, "100000 tokens every 10 ms");
            assertThat(answerText(first)).containsText("w1 ");
            say(second, "4 tokens");
            assertThat(answer(second)).containsText("Too much at a time.");
            assertThat(answer(second)).containsText("Trying again in 1 s.");
            button(first, "Stop").click();
            awaitAnswer(second);
            assertThat(answerText(second)).hasText(words(4));
            visit.forget();
        }
    }

    @Test
    void aMessageWaitsForTheFirstWorker() {
        try (var served = ServedPage.withoutWorker(CLUSTER, options -> options)) {
            Visit visit = BROWSER.visit();
            Page page = visit.open(served.url());
            say(page, "3 tokens");
            assertThat(answer(page)).containsText("No worker is there. Your message is safe on the topic");
            assertThat(page.locator("#status")).hasText("No worker");
            page.reload();
            assertThat(answer(page)).containsText("No worker is there.");
            served.startScriptedWorker();
            awaitAnswer(page);
            assertThat(answerText(page)).hasText(words(3));
            assertThat(page.locator(".said")).hasCount(1);
            visit.forget();
        }
    }
}
