package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.compose.cli.CommandLineInterface.Root;
import io.millrace.inference.Engine;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.LanguageModel;
import io.millrace.inference.bench.EngineBench;
import io.millrace.inference.bench.LlamaShape;
import io.millrace.inference.bench.ReadRoof;
import io.millrace.inference.bench.SyntheticLlama;
import io.millrace.inference.gguf.GgufWriter;
import io.millrace.inference.gguf.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "bench", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Measures how fast a model runs here, beside how fast memory can be read: medians of several runs.")
final class BenchCommand implements Callable<Integer> {
    @Option(names = "--synthetic", paramLabel = "SHAPE", description = "Instead of a model's file, random weights in the shape of Llama 1b, 3b, 8b, 70b or 405b, or LAYERSxWIDTHxFEEDFORWARDxHEADSxKEYVALUEHEADSxVOCABULARY.")
    private String shape;

    @Option(names = "--type", paramLabel = "TYPE", defaultValue = "Q4_0", description = "These weights' type; ${DEFAULT-VALUE} unless given.")
    private TensorType type;

    @Option(names = "--keep", paramLabel = "FILE", description = "Where to write the synthetic model, to be kept; a temporary file unless given.")
    private Path keep;

    @Option(names = {"-p",
            "--n-prompt"}, paramLabel = "N", defaultValue = "256", description = "Tokens of the prompt; ${DEFAULT-VALUE} unless given.")
    private int promptTokens;

    @Option(names = {"-n",
            "--n-gen"}, paramLabel = "N", defaultValue = "64", description = "Tokens to generate; ${DEFAULT-VALUE} unless given.")
    private int tokens;

    @Option(names = {"-b",
            "--batch"}, split = ",", paramLabel = "N", defaultValue = "1,8", description = "Sequences at a time; ${DEFAULT-VALUE} unless given.")
    private List<Integer> batches;

    @Option(names = {"-r",
            "--repetitions"}, paramLabel = "N", defaultValue = "3", description = "Runs of each, behind one that warms up; ${DEFAULT-VALUE} unless given.")
    private int repetitions;

    @Mixin
    private ModelFlags modelFlags;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (promptTokens < 1 || tokens < 2 || repetitions < 1 || batches.stream().anyMatch(batch -> batch < 1)) {
            throw new UserException("--n-prompt, --batch and --repetitions must be 1 or more, --n-gen 2 or more");
        }
        if (shape == null) {
            try (LanguageModel model = modelFlags.open()) {
                measure(model);
            }
            return 0;
        }
        SyntheticLlama synthetic = synthetic();
        if (keep != null) {
            requireSpace(keep.toAbsolutePath().getParent(), synthetic.size());
            try (var _ = new OnInterrupt(() -> GgufWriter.deleteUnfinished(keep))) {
                measureWritten(synthetic, keep);
            }
        } else {
            requireSpace(TemporaryFolder.parent(), synthetic.size());
            try (var folder = TemporaryFolder.create("millrace-bench")) {
                measureWritten(synthetic, folder.path().resolve("synthetic.gguf"));
            }
        }
        return 0;
    }

    private SyntheticLlama synthetic() {
        try {
            return new SyntheticLlama(LlamaShape.parse(shape), type, 1);
        } catch (IllegalArgumentException e) {
            throw new UserException(e.getMessage(), e);
        }
    }

    private void requireSpace(Path folder, long size) throws IOException {
        if (!Files.isDirectory(folder)) {
            throw new UserException("there is no folder " + folder + ": make it, or name another with --keep");
        }
        long usable = Files.getFileStore(folder).getUsableSpace();
        if (size > usable) {
            throw new UserException("the synthetic model takes " + Bytes.readable(size) + ", and " + folder + " has "
                    + Bytes.readable(usable)
                    + " left: name a file where there is more with --keep, or take a smaller shape");
        }
    }

    private void measureWritten(SyntheticLlama synthetic, Path file) throws InterruptedException {
        try (var progress = Progress.bar("tensors written", synthetic.matrices())) {
            synthetic.write(file, _ -> progress.step());
        }
        try (LanguageModel model = LanguageModel.load(file)) {
            measure(model);
        }
    }

    private void measure(LanguageModel model) throws InterruptedException {
        int most = batches.stream().max(Integer::compare).orElseThrow();
        EngineOptions options = modelFlags.options(model, most, promptTokens + tokens);
        print(String.format(Locale.ROOT, "%s: %s, %d threads", model.name(), Bytes.readable(model.size()),
                options.threads()));
        double roof = ReadRoof.measure(options.threads());
        print(String.format(Locale.ROOT, "memory is read at       %8.1f GB/s", roof));
        try (Engine engine = Engine.start(model, options)) {
            var bench = new EngineBench(model, engine);
            print(String.format(Locale.ROOT, "prefill of %-5d        %8.1f tokens/s", promptTokens,
                    median(() -> bench.prefill(promptTokens))));
            for (int batch : batches) {
                double rate = median(() -> bench.decode(batch, tokens));
                double bytes = rate / batch * model.size() / 1e9;
                print(String.format(Locale.ROOT,
                        "decode in batch %-5d   %8.1f tokens/s, weights at %.1f GB/s, %.0f %% of what memory gives",
                        batch,
                        rate, bytes, 100 * bytes / roof));
            }
        }
    }

    private double median(DoubleSupplier measurement) {
        // the first run compiles the kernels
        double[] sorted = DoubleStream.generate(measurement).limit(repetitions + 1L).skip(1).sorted().toArray();
        double middle = sorted[sorted.length / 2];
        return sorted.length % 2 == 1
                ? middle
                : Arrays.stream(sorted, sorted.length / 2 - 1, sorted.length / 2 + 1)
                        .average().orElseThrow();
    }

    private void print(String line) {
        Root.outputOf(spec).printLine(line);
    }
}
