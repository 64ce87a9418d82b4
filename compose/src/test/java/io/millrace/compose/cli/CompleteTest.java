package io.millrace.compose.cli;

import static io.millrace.compose.cli.CommandRun.output;
import static io.millrace.compose.cli.ModelFiles.DEMO;
import static io.millrace.compose.cli.ModelFiles.shared;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CompleteTest {
    @TempDir
    Path folder;

    private static CommandRun complete(String... arguments) {
        return CommandRun.of(with(new String[]{"complete"}, arguments));
    }

    private static String[] with(String[] first, String... more) {
        return Stream.concat(Arrays.stream(first), Arrays.stream(more)).toArray(String[]::new);
    }

    @Test
    void greedyStoriesAreTheReferencesToTheLetter() throws Exception {
        JsonNode golden = new ObjectMapper().readTree(shared("golden/stories260K.json").toFile());
        String model = shared("models/stories260K.gguf").toString();
        assertThat(golden.get("greedy")).isNotEmpty().allSatisfy(story -> {
            var run = complete("-m", model, "-p", story.get("prompt").asText(), "-n", story.get("max_tokens").asText(),
                    "--temp", "0", "--seed", "1", "-c", "512", "-t", "2");
            assertThat(run).isEqualTo(new CommandRun(0, story.get("text").asText(), ""));
        });
    }

    @Test
    void theTextComesFromAFileOrStdinAsWell() throws Exception {
        Path file = Files.writeString(folder.resolve("prompt.txt"), "Once upon\\x20a time");
        String text = output("complete", "-p", "Once upon a time", "-n", "8", "--temp", "0");
        assertThat(text).isNotBlank();
        assertThat(output("complete", "-f", file.toString(), "-e", "-n", "8", "--temp", "0")).isEqualTo(text);
        assertThat(CommandRun.withInput("Once upon a time", "complete", "-n", "8", "--temp", "0").out())
                .isEqualTo(text);
    }

    @Test
    void guessingAheadChangesNoText() {
        String[] plain = {"-p", "The boat was blue. The boat was", "-n", "40", "--temp", "0.5", "-s", "3"};
        String whole = complete(plain).out();
        var lookup = complete(with(plain, "--lookup", "8", "--timings"));
        var draft = complete(with(plain, "-md", DEMO.toString(), "--draft-max", "4", "--timings"));
        assertThat(whole).isNotBlank();
        assertThat(lookup.out()).isEqualTo(whole);
        assertThat(draft.out()).isEqualTo(whole);
        assertThat(lookup.err()).contains("guesses ", "% were right");
        assertThat(draft.err()).contains("guesses ", "% were right");
    }

    @Test
    void aDraftModelOfOtherWordsIsRefused() {
        complete("-p", "x", "-md", shared("models/stories260K.gguf").toString())
                .isRefused("--model-draft: stories260K has 512");
    }

    @Test
    void aStopStringEndsTheText() {
        String whole = output("complete", "-p", "Once upon a time", "-n", "20", "--temp", "0");
        String stop = whole.substring(5, 8);
        assertThat(output("complete", "-p", "Once upon a time", "-n", "20", "--temp", "0", "-r", stop))
                .isEqualTo(whole.substring(0, whole.indexOf(stop)));
    }

    static Stream<Arguments> unusableModels() throws IOException {
        byte[] demo = Files.readAllBytes(DEMO);
        byte[] other = demo.clone();
        // the architecture's value, the first place where its name stands with its length before it
        byte[] value = "\5\0\0\0\0\0\0\0llama".getBytes(StandardCharsets.ISO_8859_1);
        int at = new String(demo, StandardCharsets.ISO_8859_1).indexOf(new String(value, StandardCharsets.ISO_8859_1));
        System.arraycopy("mamba".getBytes(StandardCharsets.ISO_8859_1), 0, other, at + 8, 5);
        return Stream.of(Arguments.of("cut.gguf", Arrays.copyOf(demo, demo.length / 2), "damaged or cut short"),
                Arguments.of("header.gguf", Arrays.copyOf(demo, 10), "damaged or cut short"),
                Arguments.of("other.gguf", other, "architecture 'mamba'"),
                Arguments.of("diary.gguf", "Dear diary,\nall is well.\n".getBytes(StandardCharsets.UTF_8),
                        "a text file"),
                Arguments.of("empty.gguf", new byte[0], "the file is empty"));
    }

    @ParameterizedTest
    @MethodSource("unusableModels")
    void aFileThatIsNoUsableModelIsOneLineThatNamesIt(String name, byte[] contents, String reason) throws Exception {
        Path file = Files.write(folder.resolve(name), contents);
        complete("-m", file.toString(), "-p", "Hello").isRefused(file.toString(), reason);
    }

    @Test
    void aMissingFileIsOneLineThatNamesIt() {
        Path file = folder.resolve("missing.gguf");
        complete("-m", file.toString(), "-p", "Hello").isRefused(file.toString(), "there is no such file");
        complete("-m", folder.toString(), "-p", "Hello").isRefused(folder.toString(), "is a directory");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-n 0", "-n many", "-c 1", "-c -5", "-t 0", "--temp -1", "--top-p 0", "--min-p 2",
            "--repeat-last-n -2", "-f nowhere.txt", "-c 4", "--reverse-prompt="})
    void aMistakeIsOneLine(String flags) {
        var arguments = Stream.concat(flags.startsWith("-f")
                ? Stream.empty()
                : Stream.of("-p", "Once upon a time there was a boat"), Arrays.stream(flags.split(" ")))
                .toArray(String[]::new);
        complete(arguments).isRefused();
    }
}
