package io.millrace.compose.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class ChatIT {
    @TempDir
    Path folder;

    @Test
    void linesOnStdinAreAnsweredOneAfterTheOther() throws Exception {
        Path lines = Files.writeString(folder.resolve("lines"), "Hello!\n/context\nTell me a story.\n/exit\nnever\n");
        var process = new ProcessBuilder(Program.root().resolve("millrace").toString(), "chat", "-n", "10", "-s", "1")
                .redirectInput(lines.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(out).contains(" of 512 tokens are used\n").endsWith("\n").doesNotContain("> ", "never");
        assertThat(out.lines().filter(line -> !line.isBlank())).hasSizeGreaterThanOrEqualTo(3);
    }

    @Test
    void aModelWithoutAChatTemplateIsRefusedByName() throws Exception {
        Path model = Program.root().resolveSibling("shared").resolve("models/stories260K.gguf");
        assumeTrue(Files.exists(model), "no folder shared beside the checkout");
        try (var program = Program.start("chat", "-m", model.toString())) {
            assertThat(program.status()).isEqualTo(2);
            assertThat(program.err().lines()).singleElement().asString().contains("stories260K has no chat template");
        }
    }
}
