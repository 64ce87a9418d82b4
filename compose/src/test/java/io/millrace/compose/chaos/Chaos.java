package io.millrace.compose.chaos;

import io.millrace.schemas.Prompt;
import io.millrace.schemas.Topics;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** One run: an installation, prompts in portions, a fault while each portion runs, and then the whole truth from the topics. */
final class Chaos {
    /** A portion runs for so long, at most, before its fault. */
    private static final int LATEST_FAULT_MILLIS = 500;

    private final ChaosOptions options;
    private final Path folder;
    private final Function<List<String>, List<String>> workerCommand;
    private final PrintStream out;
    private final List<String> ids = new ArrayList<>();

    /**
     * A run of which nothing has happened yet.
     *
     * @param folder empty; for the broker's data and the output of all processes
     * @param workerCommand what starts a worker with these arguments, the program's among them
     */
    Chaos(ChaosOptions options, Path folder, Function<List<String>, List<String>> workerCommand, PrintStream out) {
        this.options = options;
        this.folder = folder;
        this.workerCommand = workerCommand;
        this.out = out;
    }

    /** Once only. */
    Report run() throws InterruptedException, ExecutionException {
        out.println("seed " + options.seed() + ", output of all processes in " + folder);
        long startNanos = System.nanoTime();
        var random = new Random(options.seed());
        try (var installation = new Installation(folder, workerCommand)) {
            installation.start(options.workers(), options.gateways());
            Topics topics = Installation.topics();
            try (var clients = new Clients(installation.gateways(), new Random(random.nextLong()));
                    var load = new Load(installation.clientSettings(), topics, new Random(random.nextLong()))) {
                var faults = new Faults(installation, new Random(random.nextLong()), out);
                runRounds(installation, load, clients, faults, random);
                faults.say("the last fault is over");
                var records = new TopicRecords(installation.clientSettings(), topics);
                new Settling(records, topics).await(ids);
                clients.awaitEnd();
                faults.say("all is done");
                installation.restartEnded();
                installation.end();
                Observed observed = observe(records, load.sent(), clients, installation.endedProcesses());
                Recovery recovery = Recovery.of(faults.killsMillis(), observed.streams().values());
                return new Report(observed, Checker.check(observed), recovery, Duration.ofNanos(System.nanoTime()
                        - startNanos));
            }
        }
    }

    private void runRounds(Installation installation, Load load, Clients clients, Faults faults, Random random)
            throws InterruptedException {
        var drawn = Faults.draw(options, random);
        int rounds = Math.max(1, drawn.size());
        for (int round = 0; round < rounds; round++) {
            long endNanos = System.nanoTime() + options.round().toNanos();
            var portion = load.send(options.prompts() * (round + 1) / rounds - options.prompts() * round / rounds);
            ids.addAll(portion);
            // a fault is to hit streams that run
            clients.follow(portion);
            Thread.sleep(random.nextInt(LATEST_FAULT_MILLIS));
            if (!drawn.isEmpty()) {
                faults.inflict(drawn.get(round));
            }
            installation.restartEnded();
            TimeUnit.NANOSECONDS.sleep(endNanos - System.nanoTime());
        }
    }

    private Observed observe(TopicRecords records, List<Sent> sent, Clients clients, List<String> endedProcesses)
            throws ExecutionException, InterruptedException {
        Map<String, List<StreamRecord>> streams = records.streams();
        return new Observed(sent, records.completions(), streams, records.deadLetters(), records.progress(), clients
                .watched(), CalmRun.texts(calmSample(sent, streams)), endedProcesses);
    }

    /** Those that were taken over most often first. */
    private List<Prompt> calmSample(List<Sent> sent, Map<String, List<StreamRecord>> streams) {
        Comparator<Prompt> byAttempts = Comparator
                .comparingInt(prompt -> ReadStream.of(streams.getOrDefault(prompt.id(),
                        List.of())).attempt());
        return sent.stream().filter(each -> !each.isInvalid()).map(Sent::prompt).sorted(byAttempts.reversed()).limit(
                options.calmSample()).toList();
    }
}
