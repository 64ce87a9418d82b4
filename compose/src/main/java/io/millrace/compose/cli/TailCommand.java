package io.millrace.compose.cli;

import io.millrace.compose.cli.CommandLineInterface.Root;
import io.millrace.compose.client.TokenFeed;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "tail", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Follows the streams of all prompts from now on, or one stream from its beginning.")
final class TailCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final String NOTHING_TO_FOLLOW = "there is nothing to follow; run this again once it is back";

    @Parameters(arity = "0..1", paramLabel = "ID", description = "The prompt whose stream to show; all unless given.")
    private String id;

    @Option(names = "--json", description = "Print events as JSON, one a line.")
    private boolean json;

    @Mixin
    private BrokerFlags broker;

    @Mixin
    private OutageFlags outageFlags;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        return id == null ? all() : one();
    }

    private int one() {
        Outage outage = outage();
        try (var feed = TokenFeed.ofStream(broker.address(), broker.topics(), id)) {
            return new StreamFollower(feed, EventPrinter.of(Root.outputOf(spec), json, false), outage,
                    spec.commandLine().getErr()).follow("a stream with the id " + id, NOTHING_TO_FOLLOW);
        }
    }

    /** Until somebody ends it. */
    private int all() {
        Outage outage = outage();
        var printer = EventPrinter.of(Root.outputOf(spec), json, true);
        try (var feed = TokenFeed.ofAll(broker.address(), broker.topics())) {
            while (!outage.isTooLong(feed.outOfReach())) {
                feed.next(POLL).forEach(printer::print);
            }
        }
        outage.giveUp(NOTHING_TO_FOLLOW);
        return 1;
    }

    private Outage outage() {
        return outageFlags.outage(broker.address(), spec.commandLine().getErr());
    }
}
