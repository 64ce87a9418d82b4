package io.millrace.compose.cli;

import io.millrace.compose.cli.CommandLineInterface.Root;
import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.gguf.GgufWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "merge", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Writes a model as one GGUF file: from its shards, its .cat parts, or a llamafile.")
final class MergeCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "IN", description = "Any shard or part, or a llamafile.")
    private Path in;

    @Parameters(index = "1", paramLabel = "OUT", description = "The file to write.")
    private Path out;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        try (Gguf model = Gguf.open(in)) {
            GgufWriter.requireNew(out);
            try (var _ = new OnInterrupt(() -> GgufWriter.deleteUnfinished(out))) {
                GgufWriter.withMetadataOf(model).tensors(model.tensors()).write(out);
            }
            Root.outputOf(spec).printLine(out + ": " + model.tensors().size() + " tensors");
        }
        return 0;
    }
}
