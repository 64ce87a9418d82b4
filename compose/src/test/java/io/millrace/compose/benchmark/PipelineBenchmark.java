package io.millrace.compose.benchmark;

import io.millrace.compose.role.Parts;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.LanguageModel;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.PromptCodec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What the pipeline costs beside the bare engine: the same prompts, with the same seeds and so the same tokens, by an engine alone and through a broker,
 * a worker and a reader in this process, by turns.
 */
@Command(name = "pipeline-benchmark", mixinStandardHelpOptions = true)
final class PipelineBenchmark implements Callable<Integer> {
    private static final int WARM_UP_ROUNDS = 4;
    private static final int WARM_UP_SINGLE = 10;
    private static final int LONGEST_CONTEXT = 512;
    private static final double MILLI = 1e6;

    @Option(names = "-m", paramLabel = "FILE", description = "Model; the built-in one unless given.")
    private Path file;

    @Option(names = "-np", paramLabel = "N", defaultValue = "16", description = "Prompts that are generated at a time; ${DEFAULT-VALUE} unless given.")
    private int parallel;

    @Option(names = "-t", paramLabel = "N", description = "Threads that compute; one a core unless given.")
    private int threads = Runtime.getRuntime().availableProcessors();

    @Option(names = "--prompts", paramLabel = "N", defaultValue = "64", description = "Prompts of a round; ${DEFAULT-VALUE} unless given.")
    private int prompts;

    @Option(names = "-n", paramLabel = "N", defaultValue = "64", description = "Most tokens of an answer; ${DEFAULT-VALUE} unless given.")
    private int tokens;

    @Option(names = "-r", paramLabel = "N", defaultValue = "7", description = "Rounds, behind those that warm up; ${DEFAULT-VALUE} unless given.")
    private int rounds;

    @Option(names = "--single", paramLabel = "N", defaultValue = "40", description = "Prompts one at a time, for the time to the first token; ${DEFAULT-VALUE} unless given.")
    private int single;

    private final PromptCodec codec = new PromptCodec();

    private PipelineBenchmark() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new PipelineBenchmark()).execute(arguments));
    }

    @Override
    public Integer call() {
        try (var parts = new Parts()) {
            LanguageModel model = parts.add("the model", file == null
                    ? LanguageModel.demo()
                    : LanguageModel.load(file));
            EngineOptions options = EngineOptions.defaults(model).withMaxSequences(parallel).withThreads(threads)
                    .withContextLength(Math.min(LONGEST_CONTEXT, model.contextLength()));
            System.out.printf("%s, %d at a time, %d threads, %d prompts of up to %d tokens%n", model.name(), parallel,
                    threads, prompts, tokens);
            List<Side> sides = List.of(BareEngine.start(parts, model, options), PipedEngine.start(parts, model,
                    options));
            atFullLoad(sides);
            oneAtATime(sides);
        }
        return 0;
    }

    private void atFullLoad(List<Side> sides) {
        var speeds = new double[sides.size()][rounds];
        for (int round = -WARM_UP_ROUNDS; round < rounds; round++) {
            String name = "round" + round + "-";
            List<Prompt> all = IntStream.range(0, prompts).mapToObj(i -> prompt(name + i)).toList();
            var runs = sides.stream().map(side -> side.run(all)).toList();
            if (runs.stream().map(Side.Run::tokens).distinct().count() > 1) {
                throw new IllegalStateException("the sides differ: " + runs);
            }
            for (int side = 0; round >= 0 && side < sides.size(); side++) {
                speeds[side][round] = runs.get(side).tokensPerSecond();
            }
        }
        print(sides, speeds, "tokens/s");
        System.out.printf(Locale.ROOT, "  pipeline / engine: %.3f%n", median(speeds[1]) / median(speeds[0]));
    }

    private void oneAtATime(List<Side> sides) {
        var times = new double[sides.size()][single];
        for (int round = -WARM_UP_SINGLE; round < single; round++) {
            for (int side = 0; side < sides.size(); side++) {
                double millis = sides.get(side).toFirstToken(prompt("single" + round)).toNanos() / MILLI;
                if (round >= 0) {
                    times[side][round] = millis;
                }
            }
        }
        print(sides, times, "ms to the first token, one prompt at a time");
        System.out.printf(Locale.ROOT, "  added: %.2f ms%n", median(times[1]) - median(times[0]));
    }

    /** Begins differently each time, so that nothing is remembered of it. */
    private Prompt prompt(String id) {
        String json = "{\"id\":\"%s\",\"max_tokens\":%d,\"prompt\":\"%s was the name of a boat that went out to sea one morning\"}"
                .formatted(id, tokens, id);
        return codec.decode(json.getBytes(StandardCharsets.UTF_8));
    }

    private static void print(List<Side> sides, double[][] values, String unit) {
        System.out.println(unit);
        for (int side = 0; side < sides.size(); side++) {
            double[] sorted = values[side].clone();
            Arrays.sort(sorted);
            System.out.printf(Locale.ROOT, "  %-9s median %.2f, least %.2f, most %.2f%n", sides.get(side).name(),
                    median(sorted), sorted[0], sorted[sorted.length - 1]);
        }
    }

    private static double median(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
