package io.millrace.compose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineInterfaceTest {
    @Test
    void versionNamesTheBuildAndTheJvm() {
        var result = CommandRun.of("--version");
        assertThat(result.status()).isZero();
        assertThat(result.out()).startsWith("millrace 0.").contains("25");
    }

    @Test
    void helpNamesEverySubcommandButTheHiddenOne() {
        var result = CommandRun.of("--help");
        assertThat(result.status()).isZero();
        assertThat(result.out()).contains("send", "tail", "MILLRACE_KAFKA_PORT").doesNotContain("warm-up");
    }

    @Test
    void withoutArgumentsTheUsageIsShownAsAnError() {
        var result = CommandRun.of();
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).startsWith("Usage: millrace");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "send --nonsense x", "send -n many x", "send --priority 10 x",
            "send --temp -1 x", "send --top-p 2 x", "send --file nowhere.txt", "send --file a b",
            "send --topic-prefix a/b x", "tail --bootstrap-servers nohost", "tail --bootstrap-servers a:b",
            "tail --bootstrap-servers a:99999", "tail --bootstrap-servers ,", "complete -p x --lookup 65",
            "worker --lookup -1", "worker --max-total-tokens 1", "worker --max-total-tokens 300 -c 400",
            "send --give-up-after 0 x", "tail --give-up-after 0"})
    void aMistakeIsOneLineAndStatusTwo(String arguments) {
        var result = CommandRun.of(arguments.split(" "));
        result.isRefused();
    }

    @Test
    void aBrokerThatIsAwayIsNamedWithTheRemedy() throws Exception {
        var address = "127.0.0.1:" + freePort();
        var result = CommandRun.of("send", "--bootstrap-servers", address, "hello");
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err().lines()).singleElement().asString().contains(address, "./millrace up",
                "--bootstrap-servers");
    }

    @Test
    void verboseShowsWhere() throws Exception {
        var result = CommandRun.of("tail", "--verbose", "--bootstrap-servers", "127.0.0.1:" + freePort());
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("UserException", "\tat ");
    }

    @Test
    void anEnvironmentVariableStandsInForAFlag() throws Exception {
        var address = "127.0.0.1:" + freePort();
        assertThat(CommandRun.of(Map.of("MILLRACE_BOOTSTRAP_SERVERS", address), "tail").err()).contains(address);
        assertThat(CommandRun.of(Map.of("MILLRACE_BOOTSTRAP_SERVERS", "wrong"), "tail", "--bootstrap-servers", address)
                .err())
                .contains(address);
    }

    @Test
    void blanksOnStdinAreAText() {
        assertThat(CommandRun.withInput("   ", "tokenize")).isEqualTo(CommandRun.of("tokenize", "-p", "   "));
        var completed = CommandRun.withInput("   ", "complete", "-n", "3", "--temp", "0");
        assertThat(completed).isEqualTo(CommandRun.of("complete", "-n", "3", "--temp", "0", "-p", "   "));
        assertThat(completed.status()).isZero();
        // one line's end is part of the text
        assertThat(CommandRun.withInput("Hello\n", "tokenize")).isEqualTo(CommandRun.of("tokenize", "-p", "Hello\n"));
    }

    @Test
    void nothingOnStdinIsNoPrompt() {
        for (var command : List.of("tokenize", "complete", "send")) {
            var result = CommandRun.withInput("", command);
            assertThat(result.err().lines()).singleElement().asString().contains("there is no prompt");
            assertThat(result.status()).isEqualTo(2);
        }
        assertThat(CommandRun.withInput(" \n", "send").err()).contains("there is no prompt");
    }

    private static int freePort() throws Exception {
        try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }
}
