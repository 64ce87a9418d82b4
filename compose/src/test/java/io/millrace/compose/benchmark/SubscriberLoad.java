package io.millrace.compose.benchmark;

import io.millrace.compose.broker.EmbeddedBroker;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.pipeline.ServiceMemory;
import io.millrace.compose.program.Program;
import io.millrace.compose.role.TopicSetup;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.Timings;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.Topics;
import io.millrace.schemas.Usage;
import io.millrace.sink.TopicWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How many subscribers a gateway has room for: a gateway in a process of its own, a broker and all clients in this one. Token events are written to the topic as
 * workers write them, at a rate, with the time in their text.
 */
@Command(name = "subscriber-load", mixinStandardHelpOptions = true)
final class SubscriberLoad implements Callable<Integer> {
    private static final double MEGA = 1e6;
    private static final int FLOOD_TOKENS = 40_000;
    private static final String FLOOD_TEXT = "water ".repeat(100);

    @Option(names = "--idle", defaultValue = "10000", description = "Subscribers of streams that have not begun; ${DEFAULT-VALUE} unless given.")
    private int idle;

    @Option(names = "--active", defaultValue = "1000", description = "Subscribers of a stream each; ${DEFAULT-VALUE} unless given.")
    private int active;

    @Option(names = "--stalled", defaultValue = "20", description = "Subscribers that never read, in the last round; ${DEFAULT-VALUE} unless given.")
    private int stalled;

    @Option(names = "--rate", defaultValue = "4", description = "Tokens a second of each stream; ${DEFAULT-VALUE} unless given.")
    private int rate;

    @Option(names = "--tokens", defaultValue = "60", description = "Tokens of each stream; ${DEFAULT-VALUE} unless given.")
    private int tokens;

    @Option(names = "-r", defaultValue = "5", description = "Rounds of streams; ${DEFAULT-VALUE} unless given.")
    private int rounds;

    private SubscriberLoad() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new SubscriberLoad()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Path data = Files.createTempDirectory("subscriber-load");
        try (var broker = new EmbeddedBroker(data, 0)) {
            broker.start();
            BrokerAddress address = BrokerAddress.parse(broker.bootstrapServers());
            TopicSetup.ensure(address, Topics.DEFAULT, 4);
            try (Program gateway = Program.start("gateway", "--bootstrap-servers", address.bootstrapServers(), "--port",
                    "0"); var writer = new TopicWriter(address.clientSettings(), Topics.DEFAULT, "subscriber-load")) {
                String line = gateway.awaitLine(text -> text.contains("ws://"));
                String url = line.substring(line.indexOf("ws://")).split("[,\\s]", 2)[0];
                try (var clients = new Subscribers(url); var memory = ServiceMemory.of(gateway.pid())) {
                    run(gateway.pid(), writer, clients, memory);
                }
            }
        }
        return 0;
    }

    private void run(long gateway, TopicWriter writer, Subscribers clients, ServiceMemory memory) throws Exception {
        report("nobody connected", gateway, memory);
        long begun = System.nanoTime();
        clients.connect(IntStream.range(0, idle).mapToObj(i -> "idle-" + i).toList(), false);
        System.out.printf(Locale.ROOT, "%d connected in %.1f s%n", idle, (System.nanoTime() - begun) / 1e9);
        report(idle + " idle", gateway, memory);
        for (int round = 1; round <= rounds; round++) {
            boolean withStalled = round == rounds && stalled > 0;
            if (withStalled) {
                clients.connect(IntStream.range(0, stalled).mapToObj(_ -> "flood").toList(), true);
                Thread.ofVirtual().start(() -> flood(writer));
            }
            String prefix = "round-" + round + "-";
            List<String> ids = IntStream.range(0, active).mapToObj(i -> prefix + i).toList();
            clients.connect(ids, false);
            stream(writer, ids);
            Latencies latencies = clients.finish(ids, tokens);
            report("round " + round + (withStalled ? ", and " + stalled + " that do not read" : "") + ": " + latencies,
                    gateway, memory);
        }
    }

    /** All streams at their rate, spread evenly over time. */
    private void stream(TopicWriter writer, List<String> ids) {
        ids.forEach(id -> writer.publish(new TokenEvent.Started(id, 1, "none", 1, 0), "0-0"));
        long intervalNanos = 1_000_000_000L / (rate * (long) ids.size());
        long next = System.nanoTime();
        for (int seq = 0; seq < tokens; seq++) {
            for (String id : ids) {
                next += intervalNanos;
                for (long ahead = next - System.nanoTime(); ahead > 0; ahead = next - System.nanoTime()) {
                    LockSupport.parkNanos(ahead);
                }
                writer.publish(new TokenEvent.Token(id, 1, seq, " " + System.nanoTime() + " ", 1), "0-0");
            }
        }
        ids.forEach(id -> writer.publish(end(id, tokens), "0-0"));
    }

    private static void flood(TopicWriter writer) {
        writer.publish(new TokenEvent.Started("flood", 1, "none", 1, 0), "0-0");
        for (int seq = 0; seq < FLOOD_TOKENS; seq++) {
            writer.publish(new TokenEvent.Token("flood", 1, seq, FLOOD_TEXT, 1), "0-0");
            LockSupport.parkNanos(200_000);
        }
        writer.publish(end("flood", FLOOD_TOKENS), "0-0");
    }

    private static TokenEvent end(String id, int tokens) {
        return new TokenEvent.Completed(id, 1, tokens, FinishReason.LENGTH, new Usage(1, tokens, 0), Timings.NONE);
    }

    private static void report(String what, long gateway, ServiceMemory memory) throws Exception {
        ServiceMemory.Use use = memory.use();
        String resident = Files.readAllLines(Path.of("/proc/" + gateway + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS")).findFirst().orElseThrow().replaceAll("\\D", "");
        System.out.printf(Locale.ROOT, "%s%n  heap %.1f MB, direct %.1f MB, resident %.0f MB%n", what, use.heap()
                / MEGA, use.direct() / MEGA, Long.parseLong(resident) * 1024 / MEGA);
    }
}
