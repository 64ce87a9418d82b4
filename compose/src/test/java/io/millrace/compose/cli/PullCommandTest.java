package io.millrace.compose.cli;

import static io.millrace.compose.cli.CommandRun.output;
import static io.millrace.compose.cli.ModelFiles.DEMO;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.SimpleFileServer;
import com.sun.net.httpserver.SimpleFileServer.OutputLevel;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Fetching a model, seeing it in the list, and using it by its name, as people do. */
class PullCommandTest {
    @TempDir
    Path served;

    @TempDir
    Path models;

    private HttpServer server;

    @BeforeEach
    void serve() {
        server = SimpleFileServer.createFileServer(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                served.toAbsolutePath(), OutputLevel.NONE);
        server.start();
    }

    @AfterEach
    void end() {
        server.stop(0);
    }

    private Map<String, String> environment() {
        return Map.of("HF_ENDPOINT", "http://127.0.0.1:" + server.getAddress().getPort(), "MILLRACE_MODELS", models
                .toString());
    }

    private CommandRun run(String... arguments) {
        return CommandRun.of(environment(), arguments);
    }

    private Path put(String path) throws IOException {
        Path file = served.resolve(path);
        Files.createDirectories(file.getParent());
        return Files.copy(DEMO, file);
    }

    @Test
    void aModelIsUsedByTheNameItWasFetchedBy() throws IOException {
        put("tiny/stories/resolve/main/stories-Q8_0.gguf");
        Path file = models.resolve("tiny/stories/stories-Q8_0.gguf");
        assertThat(run("pull", "tiny/stories/stories-Q8_0.gguf").succeeds().out()).isEqualTo(file + "\n");
        String expected = output("complete", "-p", "Once upon a time", "-n", "5", "--temp", "0");
        for (String name : new String[]{"tiny/stories/stories-Q8_0.gguf", "stories-Q8_0.gguf", "stories-Q8_0",
                "tiny/stories:Q8_0", "tiny/stories", "hf.co/tiny/stories:q8_0"}) {
            assertThat(run("complete", "-m", name, "-p", "Once upon a time", "-n", "5", "--temp", "0").succeeds()
                    .out()).as(name).isEqualTo(expected);
        }
        run("complete", "-m", "stories", "-p", "x").isRefused("stories: there is no such file", models.toString(),
                "millrace models");
        run("complete", "-m", "./stories-Q8_0.gguf", "-p", "x").isRefused("there is no such file");
    }

    @Test
    void aSplitModelComesWithAllItsFiles() throws IOException {
        Path whole = put("whole/demo.gguf");
        Path folder = Files.createDirectories(served.resolve("tiny/split/resolve/main"));
        List<String> shards = output("split", whole.toString(), folder.resolve("demo").toString(), "--split-max-size",
                "1M").lines().map(shard -> "tiny/split/" + Path.of(shard).getFileName()).toList();
        String second = shards.get(1);
        assertThat(run("pull", second).succeeds().out()).isEqualTo(models.resolve(shards.getFirst()) + "\n");
        run("complete", "-m", "demo", "-p", "Once", "-n", "1").succeeds();

        JsonNode listed = new ObjectMapper().readTree(run("models", "--json").succeeds().out());
        assertThat(listed).hasSize(1);
        assertThat(listed.at("/0/name").asText()).isEqualTo(shards.getFirst());
        assertThat(listed.at("/0/files").asInt()).isEqualTo(shards.size());
        assertThat(listed.at("/0/type").asText()).isEqualTo("Q8_0");
        assertThat(listed.at("/0/state").asText()).isEqualTo("complete");
        assertThat(listed.at("/0/parameters").asLong()).isPositive();

        Files.delete(models.resolve(second));
        assertThat(run("models").succeeds().out()).contains("incomplete, 1 files are missing");
        run("complete", "-m", "demo", "-p", "Once").isRefused("has not come whole");
    }

    @Test
    void theListTellsWhatIsDamaged() throws IOException {
        assertThat(run("models").succeeds().err()).contains("no model in " + models);
        Files.writeString(models.resolve("diary.gguf"), "Dear diary");
        Files.copy(DEMO, models.resolve("demo.gguf"));
        assertThat(run("models").succeeds().out().lines().toList()).hasSize(3)
                .anySatisfy(line -> assertThat(line).contains("diary.gguf", "damaged: "))
                .anySatisfy(line -> assertThat(line).contains("demo.gguf", "Q8_0", "2.8 M", "complete"));
    }

    @Test
    void aNameOfTwoModelsIsRefused() throws IOException {
        for (String owner : new String[]{"anna", "ben"}) {
            Files.createDirectories(models.resolve(owner + "/repo"));
            Files.copy(DEMO, models.resolve(owner + "/repo/demo.gguf"));
        }
        run("inspect", "-m", "demo").isRefused("anna/repo/demo.gguf, ben/repo/demo.gguf");
        run("inspect", "-m", "ben/repo/demo").succeeds();
    }

    @Test
    void mistakesAreSaidInALine() {
        run("pull", "tiny/none/x.gguf").isRefused("there is no such file", "/tiny/none/resolve/main/x.gguf");
        run("pull", "tiny/none/x.gguf", "--connections", "0").isRefused("--connections must be from 1 to 32");
        run("pull", "tiny/none/x.gguf", "--sha256", "abc").isRefused("64 hexadecimal digits");
        run("pull", "tiny").isRefused("names no model");
    }
}
