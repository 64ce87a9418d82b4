package io.millrace.compose.cli;

import io.millrace.compose.Bytes;
import io.millrace.compose.UserException;
import io.millrace.compose.cli.CommandLineInterface.Root;
import io.millrace.inference.DeepDecoding;
import io.millrace.inference.Engine;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.LanguageModel;
import io.millrace.inference.bench.BenchResult;
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
    private static final double GIGA = 1e9;

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
            "--n-gen"}, paramLabel = "N", defaultValue = "32", description = "Tokens to generate; ${DEFAULT-VALUE} unless given.")
    private int tokens;

    @Option(names = {"-b",
            "--batch"}, split = ",", paramLabel = "N", defaultValue = "1,2,4,8,16", description = "Sequences at a time; ${DEFAULT-VALUE} unless given.")
    private List<Integer> batches;

    @Option(names = {"-d",
            "--n-depth"}, split = ",", paramLabel = "N[xSEQUENCES]", defaultValue = "0", converter = BenchDepth.Converter.class, description = "Positions before those that are decoded, of one sequence, or of several: 4096x16; ${DEFAULT-VALUE} unless given.")
    private List<BenchDepth> depths;

    @Option(names = {"-o",
            "--output"}, paramLabel = "FORMAT", defaultValue = "table", description = "How to say it: ${COMPLETION-CANDIDATES}.")
    private BenchOutput output;

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
        double roof = ReadRoof.measure(options.threads());
        if (output == BenchOutput.TABLE) {
            print(String.format(Locale.ROOT, "%s: %s, %d threads, memory is read at %.1f GB/s", model.name(),
                    Bytes.readable(model.size()), options.threads(), roof));
            print(output.heading());
        }
        try (Engine engine = Engine.start(model, options)) {
            var bench = new EngineBench(model, engine);
            double prefill = median(() -> bench.prefill(promptTokens));
            int passes = Math.ceilDiv(promptTokens, options.maxBatchTokens());
            report("prefill", model, options, 1, 0, prefill, prefill / promptTokens * passes * model.stepBytes(), roof);
            for (int batch : batches) {
                double rate = median(() -> bench.decode(batch, tokens));
                report("decode", model, options, batch, 0, rate, rate / batch * model.stepBytes(), roof);
            }
        }
        for (BenchDepth depth : depths) {
            if (depth.positions() > 0) {
                measureAt(depth, model, roof);
            }
        }
    }

    private void measureAt(BenchDepth depth, LanguageModel model, double roof) {
        int context = depth.positions() + tokens;
        EngineOptions options = modelFlags.options(model, depth.sequences(), context).withContextLength(context);
        try (var decoding = new DeepDecoding(model, options, depth.sequences(), depth.positions())) {
            double rate = median(() -> decoding.tokensPerSecond(tokens));
            double cacheBytes = model.memory(options.keyType(), options.valueType()).cacheBytes(depth.positions(), 1);
            report("decode", model, options, depth.sequences(), depth.positions(), rate,
                    rate * (model.stepBytes() / (double) depth.sequences() + cacheBytes), roof);
        }
    }

    private void report(String test, LanguageModel model, EngineOptions options, int batch, int depth,
            double tokensPerSecond, double bytesPerSecond, double roof) {
        print(output.line(new BenchResult(test, model.weightType().name(), batch, depth, options.threads(),
                tokensPerSecond, bytesPerSecond / GIGA, roof)));
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
