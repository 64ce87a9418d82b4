package io.millrace.compose.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.compose.chaos.Violation.Kind;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The short form; {@code mvn -Pchaos verify} runs the long one. */
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ChaosIT {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    @Test
    void nothingIsLostAndNothingIsThereTwiceWhileEverythingDies() throws Exception {
        Report report = run(ChaosOptions.brief(newSeed()), Commands::millrace);
        assertThat(report.violations()).as(printed()).isEmpty();
    }

    @Tag("long")
    @Test
    void aWorkerThatCommitsOffsetsBeforeCompletionsIsFoundOut() throws Exception {
        Report report = run(ChaosOptions.killsOnly(newSeed()),
                arguments -> Commands.worker(BrokenWorker.class, arguments));
        assertThat(report.violations()).as(printed()).extracting(Violation::kind).contains(Kind.MISSING_COMPLETION);
    }

    private Report run(ChaosOptions options, Function<List<String>, List<String>> workerCommand) throws Exception {
        var printer = new PrintStream(out, true, StandardCharsets.UTF_8);
        Report report = new Chaos(options, folder, workerCommand, printer).run();
        report.print(printer);
        return report;
    }

    private static long newSeed() {
        return new Random().nextLong();
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
