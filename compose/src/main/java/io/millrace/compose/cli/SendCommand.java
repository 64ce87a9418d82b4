package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.compose.client.PromptSender;
import io.millrace.compose.cli.CommandLineInterface.Root;
import io.millrace.compose.client.TokenFeed;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "send", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Sends a prompt to the topic and prints the answer as it comes. Reads the prompt from stdin if none is given.")
final class SendCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "TEXT", description = "The prompt; several words are joined by spaces.")
    private List<String> words = List.of();

    @Option(names = {"-f",
            "--file"}, paramLabel = "PROMPTS", description = "Send every line of a file as a prompt, and print the completions in the file's order.")
    private Path file;

    @Option(names = "--id", paramLabel = "ID", description = "The prompt's id; a random one unless given. Lines of a file get ID-1, ID-2, ...")
    private String id;

    @Option(names = "--json", description = "Print events (of a file: completions, as they come) as JSON, one a line.")
    private boolean json;

    @Mixin
    private PromptFlags prompt;

    @Mixin
    private BrokerFlags broker;

    @Mixin
    private OutageFlags outageFlags;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (file != null && !words.isEmpty()) {
            throw new UserException("give either TEXT or --file, not both");
        }
        var requestId = id == null ? UUID.randomUUID().toString() : id;
        return file == null ? sendOne(requestId) : sendFile(requestId);
    }

    private int sendOne(String requestId) {
        var text = words.isEmpty() ? PromptText.strippedStandardInput() : String.join(" ", words);
        var request = prompt.prompt(requestId, text);
        var address = broker.address();
        var errors = spec.commandLine().getErr();
        var outage = outageFlags.outage(address, errors);
        // the reader first: it must not miss the beginning
        try (var feed = TokenFeed.ofComingStream(address, broker.topics(), requestId);
                var sender = new PromptSender(address, broker.topics())) {
            PromptSender.await(sender.send(request));
            try (var _ = new OnInterrupt(() -> sender.cancelWithin(OnInterrupt.LONGEST, List.of(requestId)))) {
                return new StreamFollower(feed, EventPrinter.of(Root.outputOf(spec), json, false), outage, errors)
                        .follow("a worker to take the prompt", "prompt " + requestId + " is without completion; "
                                + Outage.COMPLETED_LATER);
            }
        }
    }

    private int sendFile(String batchId) {
        var errors = spec.commandLine().getErr();
        var batch = new Batch(batchId, file, prompt, json, Root.outputOf(spec), errors);
        return batch.run(broker.address(), broker.topics(), outageFlags.outage(broker.address(), errors));
    }
}
