package io.millrace.compose.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.millrace.compose.page.Visit.button;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import io.millrace.compose.pipeline.Cluster;
import io.millrace.compose.pipeline.ScriptedRunner;
import io.millrace.schemas.FinishReason;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Streams that somebody else began, as others do over Kafka. */
@Tag("long")
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class StreamsPageIT {
    @RegisterExtension
    static final InBrowser BROWSER = new InBrowser();

    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

    private static ServedPage served;

    @BeforeAll
    static void bringUp() {
        served = ServedPage.withScript(CLUSTER, options -> options);
    }

    @AfterAll
    static void bringDown() {
        if (served != null) {
            served.close();
        }
    }

    private static Page watch(Visit visit, String id) {
        Page page = visit.open(served.url() + "#/streams");
        page.getByLabel("Stream", new Page.GetByLabelOptions().setExact(true)).and(page.locator("input")).fill(id);
        button(page, "Watch").click();
        return page;
    }

    private static Locator text(Page page) {
        return page.locator(".stream-text");
    }

    private static Locator state(Page page) {
        return page.locator(".stream-state");
    }

    private static String words(int count) {
        return ScriptedRunner.text(count).strip();
    }

    @Test
    void aStreamIsWaitedForFollowedAndReplayedFromAnyPlace() {
        Page page = watch(BROWSER.visit(), "watched");
        assertThat(state(page)).containsText("Nobody has begun this stream yet");
        served.pipeline.send("watched", "60 tokens every 10 ms");
        assertThat(state(page)).containsText("Live.");
        assertThat(state(page)).containsText("Ended: the model ended it. · scripted · 60 tokens");
        assertThat(text(page)).hasText(words(60));
        button(page, "From the beginning").click();
        assertThat(state(page)).containsText("Ended: the model ended it. · scripted · 60 tokens");
        assertThat(text(page)).hasText(words(60));
        page.getByLabel("From token").fill("57");
        button(page, "Watch").click();
        assertThat(text(page)).hasText("w57 w58 w59");
        assertThat(page.locator(".event-log tbody tr").nth(1)).containsText("1059");
    }

    @Test
    void nothingIsMissingAfterTheGatewayStartedAgain() {
        Visit visit = BROWSER.visit();
        visit.expectFailedRequests();
        Page page = watch(visit, "restarted");
        served.pipeline.send("restarted", "400 tokens every 10 ms");
        assertThat(text(page)).containsText("w20 ");
        served.stopGateway();
        assertThat(state(page)).containsText("The gateway does not answer.");
        served.startGatewayAgain();
        assertThat(state(page)).containsText("400 tokens");
        assertThat(text(page)).hasText(words(400));
    }

    @Test
    void whoWatchesCanLeaveOrCancel() {
        served.pipeline.send("long", "100000 tokens every 10 ms");
        Page page = watch(BROWSER.visit(), "long");
        assertThat(text(page)).containsText("w5 ");
        button(page, "Leave").click();
        assertThat(state(page)).containsText("Left.");
        button(page, "From the beginning").click();
        assertThat(text(page)).containsText("w9 ");
        button(page, "Cancel the generation").click();
        assertThat(state(page)).containsText("Ended: cancelled.");
        assertThat(served.pipeline.completion("long").finishReason()).isEqualTo(FinishReason.CANCELLED);
    }

    @Test
    void anIdMayBeAnything() {
        String id = "<img src=x onerror=alert(1)>/../%2e%2e/?#ä\"'";
        served.pipeline.send(id, "3 tokens");
        Page page = watch(BROWSER.visit(), id);
        assertThat(text(page)).hasText(words(3));
        assertThat(page.locator("main img")).hasCount(0);
        page.reload();
        assertThat(text(page)).hasText(words(3));
    }
}
