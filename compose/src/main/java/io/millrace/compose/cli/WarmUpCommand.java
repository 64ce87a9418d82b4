package io.millrace.compose.cli;

import io.millrace.compose.broker.EmbeddedBroker;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.client.CompletionFeed;
import io.millrace.compose.client.PromptSender;
import io.millrace.compose.client.TokenFeed;
import io.millrace.compose.role.TopicSetup;
import io.millrace.schemas.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Does on a temporary directory what users do, and ends: the build's training run, from which the JVM's ahead-of-time
 * cache is made.
 */
@Command(name = "warm-up", hidden = true, description = "Brings the system up on a temporary directory, sends a prompt, and ends.")
final class WarmUpCommand implements Callable<Integer> {
    @Mixin
    private PromptFlags prompt;

    @Override
    public Integer call() throws IOException {
        var directory = Files.createTempDirectory("millrace-warm-up");
        try (var broker = new EmbeddedBroker(directory, 0)) {
            broker.start();
            var address = BrokerAddress.parse(broker.bootstrapServers());
            TopicSetup.ensure(address, Topics.DEFAULT, 1);
            try (var tokens = TokenFeed.ofComingStream(address, Topics.DEFAULT, "warm-up");
                    var completions = new CompletionFeed(address, Topics.DEFAULT);
                    var sender = new PromptSender(address, Topics.DEFAULT)) {
                PromptSender.await(sender.send(prompt.prompt("warm-up", "Tell me a story about a boat")));
                tokens.next(Duration.ofMillis(100));
                completions.next(Duration.ofMillis(100), "warm-up"::equals);
                PromptSender.await(sender.cancel("warm-up"));
            }
        } finally {
            delete(directory);
        }
        return 0;
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
