package io.millrace.compose.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.millrace.compose.page.Visit.answer;
import static io.millrace.compose.page.Visit.answerText;
import static io.millrace.compose.page.Visit.awaitAnswer;
import static io.millrace.compose.page.Visit.button;
import static io.millrace.compose.page.Visit.say;
import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.millrace.compose.pipeline.Cluster;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** All views, with the built-in model behind them. */
@Tag("long")
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class DemoPageIT {
    /** What makes the page wider than its window. */
    private static final String STICKING_OUT = """
            [document.documentElement, document.querySelector('main')].filter(it => it.scrollWidth > innerWidth).flatMap(it =>
              [...it.querySelectorAll('*')].filter(inner => inner.getBoundingClientRect().right > innerWidth).map(inner => inner.outerHTML.slice(0, 120)))
            """;

    @RegisterExtension
    static final InBrowser BROWSER = new InBrowser();

    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

    private static ServedPage served;

    @BeforeAll
    static void bringUp() {
        served = ServedPage.withDemoModel(CLUSTER);
    }

    @AfterAll
    static void bringDown() {
        if (served != null) {
            served.close();
        }
    }

    /** Makes the model say this, and nothing else. */
    private static void letItSay(Page page, String text) {
        button(page, "Settings").click();
        page.getByLabel("Grammar").fill("root ::= \"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n",
                "\\n") + "\"");
        button(page, "Settings").click();
    }

    @Test
    void hostileTextStaysTextWhoeverWroteIt() {
        String hostile = "<img src=x onerror=alert(1)><script>alert(2)</script> [x](javascript:alert(3)) "
                + "![y](https://example.com/seen.png) <svg onload=alert(4)> [z](data:text/html,<script>alert(5)</script>)";
        Page page = BROWSER.visit().open(served.url());
        letItSay(page, hostile);
        say(page, hostile);
        awaitAnswer(page);
        assertThat(page.locator(".said")).hasText(hostile);
        assertThat(answerText(page)).containsText("<img src=x onerror=alert(1)><script>alert(2)</script>");
        page.reload();
        assertThat(answerText(page)).containsText("<svg onload=alert(4)>");
        assertThat(page.getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setLevel(1)))
                .containsText("<img src=x");
        assertThat(page.locator("main").locator("img, script, svg, iframe, object, style")).hasCount(0);
        assertThat(answer(page).locator(".prose a")).hasCount(1);
        assertThat(answer(page).locator(".prose a")).hasAttribute("href", "https://example.com/seen.png");
    }

    @Test
    void markdownIsDrawnAndCodeCanBeCopied() {
        Visit visit = BROWSER.visit();
        visit.context.grantPermissions(List.of("clipboard-read", "clipboard-write"));
        Page page = visit.open(served.url());
        letItSay(page,
                "# A list\n\n- **one**\n- two\n\n| a | b |\n|:-|-:|\n| 1 | 2 |\n\n```java\nint x = 1 < 2;\n```\n");
        say(page, "Write Markdown.");
        awaitAnswer(page);
        assertThat(answer(page).locator("li strong")).hasText("one");
        assertThat(answer(page).locator("td.align-right")).hasText("2");
        answer(page).locator("[data-copies=code]").click();
        assertThat(answer(page).locator("[data-copies=code]")).hasText("Copied");
        assertThat(page.evaluate("navigator.clipboard.readText()")).isEqualTo("int x = 1 < 2;\n");
    }

    @Test
    void whatDoesNotFitIsToldInWords() {
        Visit visit = BROWSER.visit();
        visit.expectFailedRequests();
        Page page = visit.open(served.url());
        say(page, "boat ".repeat(700));
        assertThat(answer(page).getByRole(AriaRole.ALERT))
                .containsText("This no longer fits into the model’s context.");
        assertThat(button(page, "Try again")).isVisible();
    }

    @Test
    void tokensTellTheirAlternativesAndAnotherWayCanBeTaken() {
        Page page = BROWSER.visit().open(served.url() + "#/completion");
        page.getByLabel("Text", new Page.GetByLabelOptions().setExact(true)).fill("Once upon a time");
        page.getByText("Settings").click();
        page.getByLabel("Most tokens").fill("12");
        page.getByLabel("Seed").fill("1");
        button(page, "Continue").click();
        Locator tokens = page.locator(".tokens .token");
        assertThat(tokens).hasCount(12);
        assertThat(button(page, "Edit the whole text")).isVisible();
        Locator alternatives = page.getByRole(AriaRole.DIALOG, new Page.GetByRoleOptions().setName("Alternatives"));
        tokens.nth(4).hover();
        assertThat(alternatives.getByRole(AriaRole.BUTTON)).hasCount(5);
        tokens.first().focus();
        page.keyboard().press("ArrowRight");
        page.keyboard().press("ArrowRight");
        assertThat(tokens.nth(2)).isFocused();
        page.keyboard().press("Enter");
        assertThat(alternatives.getByRole(AriaRole.BUTTON).first()).isFocused();
        page.keyboard().press("Escape");
        assertThat(tokens.nth(2)).isFocused();
        String before = tokens.nth(0).textContent() + tokens.nth(1).textContent();
        page.keyboard().press("Enter");
        page.keyboard().press("ArrowDown");
        page.keyboard().press("Enter");
        assertThat(page.locator(".lead")).containsText("Once upon a time" + before);
        assertThat(button(page, "Continue")).isVisible();
        assertThat(page.locator(".lead").textContent()).hasSizeGreaterThan(("Once upon a time" + before).length());
    }

    @Test
    void thePipelinesPlotsMoveUnderLoad() {
        Page page = BROWSER.visit().open(served.url() + "#/pipeline");
        Locator plot = page.locator(".plot").first();
        assertThat(plot).isVisible();
        String before = picture(plot);
        for (int i = 0; i < 60; i++) {
            served.pipeline.send("load-" + System.nanoTime(), "Once upon a time there was boat number " + i);
        }
        assertThat(page.locator(".gate").last()).containsText("of 16 places");
        assertThat(page.locator(".stage.decode").first()).isVisible();
        assertThat(page.locator(".stage.completed").first()).isVisible();
        int samples = Integer.parseInt(plot.getAttribute("data-samples"));
        page.waitForCondition(() -> Integer.parseInt(plot.getAttribute("data-samples")) >= samples + 2);
        assertThat(picture(plot)).isNotEqualTo(before);
        assertThat(page.locator(".lag li")).hasCount(4);
        assertThat(page.locator(".measure").first()).not().containsText("–");
        page.locator(".prompt-id").first().click();
        assertThat(page.locator(".stream-state")).containsText("millrace-demo-Q8_0");
    }

    private static String picture(Locator plot) {
        return (String) plot.locator("canvas").evaluate("canvas => canvas.toDataURL()");
    }

    @Test
    void everyViewIsFitForEverybody() throws IOException {
        String check;
        try (InputStream in = DemoPageIT.class.getResourceAsStream("accessibility.js")) {
            check = new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
        Page page = BROWSER.visit().open(served.url());
        say(page, "Hello!");
        awaitAnswer(page);
        button(page, "Settings").click();
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
            for (String view : List.of("Chat", "Completion", "Pipeline", "Streams")) {
                page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(view).setExact(true)).click();
                assertThat(page).hasTitle(view + " · Millrace");
                assertThat((List<?>) page.evaluate(check)).as(view + ", " + scheme).isEmpty();
            }
        }
    }

    @Test
    void aNarrowScreenIsEnough() {
        Page page = BROWSER.visit().open(served.url());
        page.setViewportSize(360, 640);
        say(page, "Hello!");
        awaitAnswer(page);
        button(page, "Conversations").click();
        page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Hello!")).click();
        assertThat(answerText(page)).isVisible();
        button(page, "Settings").click();
        assertThat(page.getByLabel("System prompt")).isInViewport();
        for (String view : List.of("Completion", "Pipeline", "Streams", "Chat")) {
            page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName(view).setExact(true)).click();
            assertThat(page).hasTitle(view + " · Millrace");
            if (view.equals("Pipeline")) {
                assertThat(page.getByRole(AriaRole.TABLE)).hasCount(2);
            }
            assertThat(page.evaluate(STICKING_OUT)).as(view).isEqualTo(List.of());
        }
    }
}
