package io.millrace.compose.cli;

import static io.millrace.compose.cli.CommandRun.output;
import static io.millrace.compose.cli.ModelFiles.DEMO;
import static io.millrace.compose.cli.ModelFiles.shared;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.compose.program.Program;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands for people who look after model files, as they use them. */
class ToolsTest {
    @TempDir
    Path folder;

    private static void refused(String reason, String... arguments) {
        CommandRun.of(arguments).isRefused(reason);
    }

    private String write(String name, byte[]... contents) throws IOException {
        Path file = folder.resolve(name);
        try (OutputStream stream = Files.newOutputStream(file)) {
            for (byte[] piece : contents) {
                stream.write(piece);
            }
        }
        return file.toString();
    }

    /** An executable's bytes, then an archive with the model and its default arguments. */
    private String llamafile(byte[] model, String arguments) throws IOException {
        Path file = folder.resolve("demo.llamafile");
        try (OutputStream stream = Files.newOutputStream(file)) {
            stream.write("MZqFpD='\n#!/bin/sh\n".getBytes(StandardCharsets.UTF_8));
            try (var zip = new ZipOutputStream(stream)) {
                store(zip, "demo.gguf", model);
                store(zip, ".args", arguments.getBytes(StandardCharsets.UTF_8));
            }
        }
        return file.toString();
    }

    private static void store(ZipOutputStream zip, String name, byte[] contents) throws IOException {
        var entry = new ZipEntry(name);
        var crc = new CRC32();
        crc.update(contents);
        entry.setMethod(ZipEntry.STORED);
        entry.setSize(contents.length);
        entry.setCrc(crc.getValue());
        zip.putNextEntry(entry);
        zip.write(contents);
        zip.closeEntry();
    }

    @Test
    void everyContainerOfAModelGivesTheSameText() throws Exception {
        byte[] model = Files.readAllBytes(DEMO);
        String whole = write("demo.gguf", model);
        String split = output("split", whole, folder.resolve("demo").toString(), "--split-max-size", "1M").lines()
                .toList().getFirst();
        int third = model.length / 3;
        String part = write("demo.cat0.llamafile", Arrays.copyOf(model, third));
        write("demo.cat1.llamafile", Arrays.copyOfRange(model, third, 2 * third + 7));
        write("demo.cat2.llamafile", Arrays.copyOfRange(model, 2 * third + 7, model.length));
        String executable = llamafile(model, "-m\ndemo.gguf\n--temp\n0\n-n\n30\n--host\n0.0.0.0\n...\n");
        String merged = folder.resolve("merged.gguf").toString();
        output("merge", split, merged);

        String expected = output("complete", "-m", whole, "-p", "Once upon a time", "-n", "30", "--temp", "0");
        assertThat(expected).isNotBlank();
        for (String container : List.of(split, part, merged)) {
            assertThat(output("complete", "-m", container, "-p", "Once upon a time", "-n", "30", "--temp", "0"))
                    .as(container).isEqualTo(expected);
        }
        // its own arguments say how long and how
        assertThat(output("-m", executable, "-p", "Once upon a time")).isEqualTo(expected);
        assertThat(output("-m", executable, "-p", "Once upon a time", "-n", "5")).isNotBlank()
                .hasSizeLessThan(expected.length());
        assertThat(Path.of(merged)).hasSameBinaryContentAs(DEMO);
        refused("exists already", "merge", split, merged);
    }

    @Test
    void inspectTellsWhatIsInAFile() throws Exception {
        JsonNode json = new ObjectMapper().readTree(output("inspect", "--json", "-c", "100", "-np", "2"));
        assertThat(json.at("/metadata/general.architecture").asText()).isEqualTo("llama");
        assertThat(json.get("tensors")).isNotEmpty().allSatisfy(
                tensor -> assertThat(tensor.fieldNames()).toIterable().containsExactly("name", "type", "dimensions",
                        "bytes"));
        assertThat(json.get("bytes").asLong()).isEqualTo(Files.size(DEMO));
        long layers = json.at("/metadata/llama.block_count").asLong();
        long width = json.at("/metadata/llama.embedding_length").asLong()
                * json.at("/metadata/llama.attention.head_count_kv").asLong()
                / json.at("/metadata/llama.attention.head_count").asLong();
        assertThat(json.at("/memory/cache").asLong()).isEqualTo(2 * 100 * layers * 2 * width * Float.BYTES);
        assertThat(output("inspect", "-m", DEMO.toString())).contains("general.architecture = llama",
                "token_embd.weight",
                "Q8_0", "Memory for a context of");
        refused("no such file", "inspect", "-m", folder.resolve("x.gguf").toString());
    }

    @Test
    void tokenizePrintsIds() throws Exception {
        String vocabulary = shared("models/llama31-vocab.gguf").toString();
        assertThat(output("tokenize", "-m", vocabulary, "-p", "Hello world")).isEqualTo("[9906, 1917]\n");
        assertThat(output("tokenize", "-m", vocabulary, "--special", "-p", "<|eot_id|>")).isEqualTo("[128009]\n");
        assertThat(
                CommandRun.withInput("Hello\0 world\0\0Hello", "tokenize", "-m", vocabulary, "--nul").succeeds().out()
                        .lines())
                .containsExactly("[9906]", "[1917]", "[]", "[9906]");
    }

    @Test
    void perplexityEndsWithItsFigure() throws Exception {
        String printed = output("perplexity", "-m", shared("models/stories260K.gguf").toString(), "-f",
                shared("corpora/tinystories-valid.txt").toString(), "-c", "256");
        assertThat(printed.lines().toList().getLast()).matches("PPL = \\d+\\.\\d+ \\+/- 0\\.\\d+");
        assertThat(Double.parseDouble(printed.split(" ", -1)[2])).isCloseTo(3.8975, within(0.002 * 3.8975));
    }

    @Test
    void logitsAreAJsonObjectALine() throws Exception {
        String tokens = write("tokens", output("tokenize", "-p", "Once upon a time there was a boat")
                .getBytes(StandardCharsets.UTF_8));
        List<String> lines = output("logits", "--tokens", tokens, "--positions", "0,3", "--top", "2").lines().toList();
        assertThat(lines).hasSize(2);
        JsonNode last = new ObjectMapper().readTree(lines.getLast());
        assertThat(last.get("pos").asInt()).isEqualTo(3);
        assertThat(last.get("top")).hasSize(2);
        assertThat(last.at("/top/0/1").asDouble()).isLessThan(last.get("logsumexp").asDouble())
                .isGreaterThanOrEqualTo(last.at("/top/1/1").asDouble());
        refused("--positions must be from 0", "logits", "--tokens", tokens, "--positions", "1000");
        refused("'x' is no token id", "logits", "--tokens", write("wrong", new byte[]{'x'}), "--positions", "0");
    }

    @Test
    void grammarsAreTriedOnTexts() throws Exception {
        String gbnf = write("yes.gbnf", "root ::= \"yes\" | \"no\"".getBytes(StandardCharsets.UTF_8));
        assertThat(CommandRun.withInput("yes\0maybe\0no", "grammar", "--gbnf", gbnf, "--nul").succeeds().out().lines())
                .containsExactly("accept", "reject", "accept");
        refused("line 1, column 10", "grammar", "--gbnf", write("wrong.gbnf", "root ::= )".getBytes(
                StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {"--grammar | root ::= [0-9]{3} | \\d{3}",
            "-j | {\"type\":\"integer\",\"minimum\":10,\"maximum\":99} | \\d{2}"})
    void completeKeepsAGrammar(String flag, String grammar, String text) throws Exception {
        assertThat(output("complete", "-p", "Once", flag.strip(), grammar.strip(), "-n", "20")).matches(text.strip());
    }

    @Test
    void whatCannotBeKeptOrFitIsRefused() throws Exception {
        refused("line 1", "complete", "-p", "Once", "--grammar", "root ::= (");
        refused("not supported", "complete", "-p", "Once", "-j", "{\"uniqueItems\":true}");
        refused("give one of", "complete", "-p", "Once", "-j", "{}", "--grammar", "root ::= [a]");
        refused("needs", "worker", "--max-total-tokens", "100000000");
        refused("--parallel must be from 1 to 1024", "worker", "--parallel", "1000000");
    }

    @Test
    void aSyntheticModelThatDoesNotFitTheDiskIsRefusedBeforeItIsWritten() throws Exception {
        // some 300 TiB
        refused("left: name a file where there is more with --keep", "bench", "--synthetic",
                "9999x65536x262144x64x8x128256");
        refused("takes 313 TiB", "bench", "--synthetic", "9999x65536x262144x64x8x128256", "--keep",
                folder.resolve("large.gguf").toString());
        refused("'4096x' is not a depth", "bench", "--n-depth", "8192,4096x");
        refused("there is no folder", "bench", "--synthetic", "tiny", "--keep",
                folder.resolve("nowhere/x.gguf").toString());
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void quantizeWritesAModelThatRuns() throws Exception {
        String quantised = folder.resolve("demo-Q4_K_M.gguf").toString();
        refused("is quantised already", "quantize", DEMO.toString(), quantised, "Q4_K_M");
        refused("importance matrix", "quantize", DEMO.toString(), quantised, "IQ3_XXS", "--allow-requantize");
        refused("neither GGUF nor an importance matrix", "quantize", DEMO.toString(), quantised, "IQ2_XXS",
                "--allow-requantize", "--imatrix", Program.root().resolve("README.md").toString());
        assertThat(output("quantize", DEMO.toString(), quantised + "1", "IQ2_XXS", "--allow-requantize",
                "--uniform-importance")).contains("became");
        assertThat(output("quantize", DEMO.toString(), quantised, "q4_k_m", "--allow-requantize")).contains("became");
        assertThat(Files.size(Path.of(quantised))).isLessThan(Files.size(DEMO));
        assertThat(output("complete", "-m", quantised, "-p", "Once upon a time", "-n", "10")).isNotBlank();
        refused("exists already", "quantize", DEMO.toString(), quantised, "Q8_0", "--allow-requantize");
        refused("TYPE", "quantize", DEMO.toString(), quantised + "2", "Q9_X");
    }
}
