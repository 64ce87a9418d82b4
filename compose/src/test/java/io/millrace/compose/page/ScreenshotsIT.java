package io.millrace.compose.page;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static io.millrace.compose.page.Visit.awaitAnswer;
import static io.millrace.compose.page.Visit.button;
import static io.millrace.compose.page.Visit.say;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import io.millrace.compose.pipeline.Cluster;
import io.millrace.compose.program.Program;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Takes the pictures of the documentation: every view, with what the built-in model says. */
@Tag("screenshots")
class ScreenshotsIT {
    private static final Path IMAGES = Program.root().resolve("docs/images");
    private static final int WIDTH = 1200;
    private static final int HEIGHT = 760;
    /** So much is to be seen on the plots. */
    private static final int SAMPLES = 45;

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

    private static Page open(String view, ColorScheme scheme) {
        Page page = BROWSER.visit().open(served.url() + view);
        page.setViewportSize(WIDTH, HEIGHT);
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
        assertThat(page.locator("#status")).hasText("millrace-demo-Q8_0");
        return page;
    }

    private static void take(Page page, String name) {
        page.screenshot(new Page.ScreenshotOptions().setPath(IMAGES.resolve(name + ".png")));
    }

    private static void set(Page page, String label, String value) {
        page.getByLabel(label).fill(value);
    }

    private static void tellStories(Page page) {
        button(page, "Settings").click();
        set(page, "Temperature", "0.6");
        set(page, "Top k", "20");
        set(page, "Seed", "4");
        set(page, "Most tokens", "90");
        button(page, "Settings").click();
        for (String message : new String[]{"Write a short story about a little girl named Lily.", "Hello!",
                "Tell me a story about a boat."}) {
            button(page, "New conversation").click();
            say(page, message);
            awaitAnswer(page);
        }
    }

    @Test
    void chat() {
        Page page = open("", ColorScheme.LIGHT);
        tellStories(page);
        take(page, "chat");
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        button(page, "Settings").click();
        take(page, "chat-dark");
        button(page, "Settings").click();
        page.setViewportSize(390, 720);
        take(page, "chat-narrow");
    }

    @Test
    void completion() {
        Page page = open("#/completion", ColorScheme.LIGHT);
        page.getByText("Settings").click();
        set(page, "Temperature", "0.6");
        set(page, "Seed", "3");
        page.getByText("Settings").click();
        page.getByLabel("Text", new Page.GetByLabelOptions().setExact(true)).fill(
                "Once upon a time, there was a little boat that wanted to see the sea.");
        button(page, "Continue").click();
        assertThat(button(page, "Edit the whole text")).isVisible();
        page.locator(".tokens .unsure").nth(2).focus();
        assertThat(page.getByRole(AriaRole.DIALOG)).isVisible();
        take(page, "completion");
    }

    @Test
    void pipeline() {
        Page page = open("#/pipeline", ColorScheme.LIGHT);
        page.setViewportSize(WIDTH, 1100);
        var plot = page.locator(".plot").first();
        assertThat(plot).isVisible();
        int[] sent = {0};
        page.waitForCondition(() -> {
            int samples = Integer.parseInt(plot.getAttribute("data-samples"));
            // in waves, so that there is something to see
            for (; sent[0] < samples * 3 && samples % 15 < 9; sent[0]++) {
                served.pipeline.send("story-" + sent[0], "Once upon a time there was a boat. Number " + sent[0]);
            }
            return samples >= SAMPLES;
        }, new Page.WaitForConditionOptions().setTimeout(3 * SAMPLES * 1000));
        assertThat(page.locator(".stage.decode").first()).isVisible();
        take(page, "pipeline");
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(ColorScheme.DARK));
        // the next sample draws the plots anew
        assertThat(plot).not().hasAttribute("data-samples", plot.getAttribute("data-samples"));
        take(page, "pipeline-dark");
    }

    @Test
    void streams() {
        served.pipeline.send("boat-1", "Once upon a time there was a little boat");
        Page page = open("#/streams/boat-1", ColorScheme.LIGHT);
        assertThat(page.locator(".stream-state")).containsText("tokens");
        assertThat(page.locator(".stream-text")).containsText(" the ");
        take(page, "streams");
    }
}
