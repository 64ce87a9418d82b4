package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What OpenAI's client for Node gets: src/test/node/client.test.mjs, with a client that npm fetches. */
@EnabledIfSystemProperty(named = "openai.node.version", matches = ".+", disabledReason = "it fetches a client from npm: mvn -Pnode verify")
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class NodeClientIT {
    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

    private static final Path SCRIPT = Path.of("src/test/node/client.test.mjs");
    private static final Path FOLDER = Path.of("target/node");

    @Test
    void theClientForNodeWorksUnchanged() throws Exception {
        assumeTrue(runs("node", "--version") && runs("npm", "--version"), "there is no node and npm on the path");
        Files.createDirectories(FOLDER);
        Files.copy(SCRIPT, FOLDER.resolve(SCRIPT.getFileName()), StandardCopyOption.REPLACE_EXISTING);
        run(Map.of(), "npm", "install", "--no-audit", "--no-fund", "--prefix", ".", "openai@" + System.getProperty(
                "openai.node.version"));
        try (var demo = new DemoPipeline(CLUSTER)) {
            run(Map.of("MILLRACE_URL", demo.httpUrl + "/v1", "MILLRACE_MODEL", demo.model.name()), "node", "--test",
                    SCRIPT.getFileName().toString());
        }
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start().waitFor() == 0;
        } catch (IOException _) {
            return false;
        }
    }

    private static void run(Map<String, String> environment, String... command) throws Exception {
        var builder = new ProcessBuilder(command).directory(FOLDER.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
