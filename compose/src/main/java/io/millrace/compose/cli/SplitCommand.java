package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.compose.cli.CommandLineInterface.Root;
import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.gguf.GgufSplitter;
import io.millrace.inference.gguf.GgufWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "split", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Writes a model as shards, PREFIX-00001-of-00005.gguf and so on.")
final class SplitCommand implements Callable<Integer> {
    private static final int DEFAULT_TENSORS = 128;
    private static final Pattern SIZE = Pattern.compile("(\\d{1,9})([MG])");

    @Parameters(index = "0", paramLabel = "IN", description = "The model.")
    private Path in;

    @Parameters(index = "1", paramLabel = "PREFIX", description = "Where to, and what names begin with.")
    private Path prefix;

    @Option(names = "--split-max-tensors", paramLabel = "N", description = "Tensors a shard; " + DEFAULT_TENSORS
            + " unless given.")
    private Integer mostTensors;

    @Option(names = "--split-max-size", paramLabel = "N(M|G)", description = "Megabytes or gigabytes a shard, rather than tensors.")
    private String mostSize;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (mostTensors != null && mostSize != null) {
            throw new UserException("give either --split-max-tensors or --split-max-size");
        }
        GgufSplitter splitter = splitter();
        Output output = Root.outputOf(spec);
        try (Gguf model = Gguf.open(in)) {
            List<Path> shards = splitter.paths(model, prefix);
            shards.forEach(GgufWriter::requireNew);
            try (var _ = new OnInterrupt(() -> GgufSplitter.delete(shards))) {
                splitter.split(model, prefix, _ -> {});
            }
            shards.forEach(path -> output.printLine(path.toString()));
        }
        return 0;
    }

    private GgufSplitter splitter() {
        if (mostSize != null) {
            return new GgufSplitter(Integer.MAX_VALUE, bytes());
        }
        int tensors = mostTensors == null ? DEFAULT_TENSORS : mostTensors;
        if (tensors < 1) {
            throw new UserException("--split-max-tensors must be 1 or more, not " + tensors);
        }
        return new GgufSplitter(tensors, Long.MAX_VALUE);
    }

    private long bytes() {
        Matcher size = SIZE.matcher(mostSize);
        if (!size.matches() || Long.parseLong(size.group(1)) == 0) {
            throw new UserException("--split-max-size must be a number with M or G behind it, such as 4G, not "
                    + mostSize);
        }
        // decimal, as llama.cpp's tool has it
        return Long.parseLong(size.group(1)) * (size.group(2).equals("M") ? 1_000_000L : 1_000_000_000L);
    }
}
