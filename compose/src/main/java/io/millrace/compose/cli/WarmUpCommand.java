package io.millrace.compose.cli;

import io.millrace.compose.broker.EmbeddedBroker;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.client.CompletionFeed;
import io.millrace.compose.client.PromptSender;
import io.millrace.compose.client.TokenFeed;
import io.millrace.compose.role.Gateway;
import io.millrace.compose.role.Parts;
import io.millrace.compose.role.TopicSetup;
import io.millrace.compose.role.Verticles;
import io.millrace.compose.role.Worker;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.LanguageModel;
import io.millrace.ingest.IngestOptions;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.Topics;
import io.millrace.sink.GatewayOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Does on a temporary directory what users do, and ends: the build's run from which the archive of classes for quick
 * starts is made.
 */
@Command(name = "warm-up", hidden = true, description = "Brings the system up on a temporary directory, runs a prompt, and ends.")
final class WarmUpCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final String ID = "warm-up";

    @Mixin
    private PromptFlags prompt;

    @Override
    public Integer call() throws IOException {
        var directory = Files.createTempDirectory("millrace-warm-up");
        try (var parts = new Parts()) {
            var broker = parts.add("the broker", new EmbeddedBroker(directory, 0));
            broker.start();
            var address = BrokerAddress.parse(broker.bootstrapServers());
            TopicSetup.ensure(address, Topics.DEFAULT, 1);
            Verticles verticles = Verticles.start(parts);
            LanguageModel model = parts.add("the model", LanguageModel.demo());
            Worker.start(parts, verticles, IngestOptions.of(address.clientSettings(),
                    Topics.DEFAULT), model, EngineOptions.defaults(model));
            Gateway.start(parts, verticles, address, Topics.DEFAULT, GatewayOptions.DEFAULT);
            runPrompt(address);
        } finally {
            delete(directory);
        }
        return 0;
    }

    private void runPrompt(BrokerAddress address) {
        try (var tokens = TokenFeed.ofComingStream(address, Topics.DEFAULT, ID);
                var completions = new CompletionFeed(address, Topics.DEFAULT);
                var sender = new PromptSender(address, Topics.DEFAULT)) {
            PromptSender.await(sender.send(prompt.prompt(ID, "Tell me a story about a boat")));
            boolean running = true;
            while (running) {
                running = tokens.next(POLL).stream().noneMatch(TokenEvent::isLast);
            }
            completions.next(POLL, ID::equals);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (var files = Files.walk(directory)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
