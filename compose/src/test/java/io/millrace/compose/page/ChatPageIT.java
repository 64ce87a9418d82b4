package io.millrace.compose.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.millrace.compose.page.Visit.answer;
import static io.millrace.compose.page.Visit.answerText;
import static io.millrace.compose.page.Visit.awaitAnswer;
import static io.millrace.compose.page.Visit.button;
import static io.millrace.compose.page.Visit.composer;
import static io.millrace.compose.page.Visit.say;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Download;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import io.millrace.compose.pipeline.Cluster;
import io.millrace.compose.pipeline.ScriptedRunner;
import io.millrace.schemas.ChatMessage;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.Prompt;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A chat, whose answers are scripted so that not a token can be missing or doubled unnoticed. */
@Tag("long")
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class ChatPageIT {
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

    private static String words(int count) {
        return ScriptedRunner.text(count).strip();
    }

    /** The stream of the last answer. */
    private static String streamOf(Page page) {
        String address = answer(page).getByRole(AriaRole.LINK).getAttribute("href");
        return address.substring(address.lastIndexOf('/') + 1);
    }

    @Test
    void anAnswerComesTokenByToken() {
        Page page = BROWSER.visit().open(served.url());
        say(page, "100 tokens every 10 ms");
        assertThat(answerText(page)).containsText("w3 ");
        assertThat(answer(page)).hasAttribute("aria-busy", "true");
        awaitAnswer(page);
        assertThat(answerText(page)).hasText(words(100));
        assertThat(page.locator("#announcements")).containsText("w99");
    }

    @Test
    void stopEndsAnAnswerWhereverItRuns() {
        Page page = BROWSER.visit().open(served.url());
        say(page, "100000 tokens every 10 ms");
        assertThat(answerText(page)).containsText("w3 ");
        button(page, "Stop").click();
        awaitAnswer(page);
        assertThat(served.pipeline.completion(streamOf(page)).finishReason()).isEqualTo(FinishReason.CANCELLED);
        // and the conversation goes on
        say(page, "2 tokens");
        awaitAnswer(page);
        assertThat(answerText(page)).hasText(words(2));
    }

    @Test
    void aConversationIsThereAfterAReload() {
        Page page = BROWSER.visit().open(served.url());
        say(page, "3 tokens");
        awaitAnswer(page);
        page.reload();
        assertThat(page.locator(".said")).hasText("3 tokens");
        assertThat(answerText(page)).hasText(words(3));
        assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setLevel(1))).hasText("3 tokens");
    }

    @Test
    void anAnswerGoesOnAfterAReload() {
        Page page = BROWSER.visit().open(served.url());
        say(page, "150 tokens every 10 ms");
        assertThat(answerText(page)).containsText("w20 ");
        page.reload();
        awaitAnswer(page);
        assertThat(answerText(page)).hasText(words(150));
    }

    @Test
    void anAnswerGoesOnWhenTheGatewayIsBack() {
        Visit visit = BROWSER.visit();
        visit.expectFailedRequests();
        Page page = visit.open(served.url());
        say(page, "400 tokens every 10 ms");
        assertThat(answerText(page)).containsText("w20 ");
        served.stopGateway();
        assertThat(answer(page)).containsText("The gateway does not answer. The answer goes on where it is.");
        served.startGatewayAgain();
        awaitAnswer(page);
        assertThat(answerText(page)).hasText(words(400));
        assertThat(served.pipeline.completion(streamOf(page)).text().strip()).isEqualTo(words(400));
    }

    @Test
    void aMessageCanBeChangedAndAnAnswerAskedForAgain() {
        Page page = BROWSER.visit().open(served.url());
        say(page, "2 tokens");
        awaitAnswer(page);
        String first = streamOf(page);
        button(page, "Regenerate").click();
        awaitAnswer(page);
        assertThat(streamOf(page)).isNotEqualTo(first);
        say(page, "3 tokens");
        awaitAnswer(page);
        button(page, "Edit this message and send it again").first().click();
        page.keyboard().press("Control+A");
        page.keyboard().type("5 tokens");
        button(page, "Send again").click();
        awaitAnswer(page);
        assertThat(page.getByRole(AriaRole.ARTICLE)).hasCount(2);
        assertThat(answerText(page)).hasText(words(5));
    }

    @Test
    void whatIsSetIsSent() {
        Page page = BROWSER.visit().open(served.url());
        button(page, "Settings").click();
        page.getByLabel("System prompt").fill("Be brief.");
        page.getByLabel("Temperature").fill("0.5");
        page.getByLabel("Seed").fill("7");
        page.getByLabel("Stop at").fill("END\nSTOP");
        say(page, "2 tokens");
        awaitAnswer(page);
        Prompt prompt = served.pipeline.prompt(streamOf(page));
        assertThat(prompt.messages()).containsExactly(new ChatMessage("system", "Be brief."),
                new ChatMessage("user", "2 tokens"));
        assertThat(prompt.sampling().temperature()).isEqualTo(0.5);
        assertThat(prompt.sampling().seed()).isEqualTo(7);
        assertThat(prompt.stop()).containsExactly("END", "STOP");
    }

    @Test
    void conversationsAreRenamedSavedDeletedAndBroughtBack() throws Exception {
        Page page = BROWSER.visit().open(served.url());
        say(page, "2 tokens");
        awaitAnswer(page);
        button(page, "Rename").click();
        page.keyboard().type("A *story*");
        page.keyboard().press("Enter");
        Download markdown = page.waitForDownload(() -> button(page, "Save as Markdown").click());
        assertThat(markdown.suggestedFilename()).isEqualTo("a-story.md");
        assertThat(Files.readString(markdown.path())).isEqualTo(
                "# A *story*\n\n## You\n\n2 tokens\n\n## scripted\n\nw0 w1\n");
        Download json = page.waitForDownload(() -> button(page, "Save as JSON").click());
        assertThat(Files.readString(json.path())).contains("\"title\": \"A *story*\"", "\"content\": \"w0 w1 \"");
        button(page, "Delete").click();
        assertThat(page.locator(".conversation-list li")).hasCount(0);
        button(page, "Undo").click();
        assertThat(answerText(page)).hasText(words(2));
    }

    @Test
    void severalPagesShareTheirConversations() {
        Visit visit = BROWSER.visit();
        Page first = visit.open(served.url());
        Page second = visit.open(served.url());
        say(first, "50 tokens every 10 ms");
        say(second, "60 tokens every 10 ms");
        awaitAnswer(first);
        awaitAnswer(second);
        assertThat(answerText(first)).hasText(words(50));
        assertThat(answerText(second)).hasText(words(60));
        for (Page page : List.of(first, second)) {
            assertThat(page.locator(".conversation-list li")).hasCount(2);
        }
    }

    @Test
    void everythingCanBeDoneWithTheKeyboard() {
        Page page = BROWSER.visit().open(served.url());
        assertThat(composer(page)).isFocused();
        page.keyboard().type("1000 tokens every 10 ms");
        page.keyboard().press("Enter");
        assertThat(answerText(page)).containsText("w3 ");
        page.keyboard().press("Escape");
        awaitAnswer(page);
        assertThat(composer(page)).isFocused();
        page.keyboard().press("Shift+Tab");
        assertThat(page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Stream").setExact(true)))
                .isFocused();
        page.keyboard().press("Shift+Tab");
        page.keyboard().press("Enter");
        assertThat(answer(page)).hasAttribute("aria-busy", "true");
        page.keyboard().press("Escape");
        awaitAnswer(page);
    }
}
