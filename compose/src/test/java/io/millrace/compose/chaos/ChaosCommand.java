package io.millrace.compose.chaos;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The long form, for people: ends with 0 if every promise was kept, with 1 if not. */
@Command(name = "chaos", mixinStandardHelpOptions = true, description = "Kills what can be killed while prompts run, and checks what is on the topics then.")
final class ChaosCommand implements Callable<Integer> {
    @Option(names = "--prompts", defaultValue = "2000", description = "Prompts in all; ${DEFAULT-VALUE} unless given.")
    private int prompts;

    @Option(names = "--workers", defaultValue = "3", description = "Workers; ${DEFAULT-VALUE} unless given.")
    private int workers;

    @Option(names = "--gateways", defaultValue = "2", description = "Gateways; ${DEFAULT-VALUE} unless given.")
    private int gateways;

    @Option(names = "--kills", defaultValue = "20", description = "Times that a worker is killed with -9; ${DEFAULT-VALUE} unless given.")
    private int kills;

    @Option(names = "--pauses", defaultValue = "3", description = "Times that a worker stands still past its session; ${DEFAULT-VALUE} unless given.")
    private int pauses;

    @Option(names = "--broker-restarts", defaultValue = "3", description = "Times that the broker is killed or stopped, by turns; ${DEFAULT-VALUE} unless given.")
    private int brokerRestarts;

    @Option(names = "--gateway-kills", defaultValue = "5", description = "Times that a gateway is killed with -9; ${DEFAULT-VALUE} unless given.")
    private int gatewayKills;

    @Option(names = "--round", defaultValue = "8", description = "Seconds from one fault to the next; ${DEFAULT-VALUE} unless given.")
    private int roundSeconds;

    @Option(names = "--calm", defaultValue = "300", description = "Prompts that are computed once more without faults, to compare; ${DEFAULT-VALUE} unless given.")
    private int calmSample;

    @Option(names = "--seed", description = "What everything is drawn from; any unless given, and printed.")
    private Long seed;

    @Option(names = "--folder", description = "For the broker's data and the output of all processes, empty; a new one in the system's folder for such unless given.")
    private Path folder;

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new ChaosCommand()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        var options = new ChaosOptions(prompts, workers, gateways, kills, pauses, brokerRestarts, gatewayKills,
                seed == null ? new Random().nextLong() : seed, Duration.ofSeconds(roundSeconds), calmSample);
        Path output = folder == null ? Files.createTempDirectory("millrace-chaos") : Files.createDirectories(folder);
        Report report = new Chaos(options, output, Commands::millrace, System.out).run();
        report.print(System.out);
        return report.violations().isEmpty() ? 0 : 1;
    }
}
