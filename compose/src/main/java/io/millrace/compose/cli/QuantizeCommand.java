package io.millrace.compose.cli;

import io.millrace.compose.Bytes;
import io.millrace.compose.UserException;
import io.millrace.compose.cli.CommandLineInterface.Root;
import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.gguf.GgufWriter;
import io.millrace.inference.gguf.ImportanceMatrix;
import io.millrace.inference.gguf.Tensor;
import io.millrace.inference.quantize.ModelQuantizer;
import io.millrace.inference.quantize.QuantizationRecipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "quantize", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Writes a model with its matrices in fewer bits. IQ1, IQ2 and IQ3_XXS need to know which columns matter: --imatrix.")
final class QuantizeCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "IN", description = "The model, best in F32, F16 or BF16.")
    private Path in;

    @Parameters(index = "1", paramLabel = "OUT", description = "The file to write.")
    private Path out;

    @Parameters(index = "2", paramLabel = "TYPE", description = "One of ${COMPLETION-CANDIDATES}.")
    private QuantizationRecipe recipe;

    @Option(names = "--pure", description = "Every matrix in the same type, without the rules that give some more bits.")
    private boolean pure;

    @Option(names = "--allow-requantize", description = "Begin with a model that is quantised already; what it has lost stays lost.")
    private boolean requantize;

    @Option(names = "--imatrix", paramLabel = "FILE", description = "An importance matrix of the model, as llama.cpp's imatrix tool makes them; used for IQ1, IQ2 and IQ3 types.")
    private Path importance;

    @Option(names = "--uniform-importance", description = "Take columns for alike where a type needs an importance that is not there, which costs quality.")
    private boolean uniform;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        try (Gguf model = Gguf.open(in)) {
            GgufWriter.requireNew(out);
            requireWhole(model);
            var matrix = importance == null ? ImportanceMatrix.none() : ImportanceMatrix.read(importance);
            var quantizer = new ModelQuantizer(recipe, pure, matrix, uniform);
            quantizer.requireImportance(model);
            try (var _ = new OnInterrupt(() -> GgufWriter.deleteUnfinished(out));
                    var progress = Progress.bar("tensors", model.tensors().size())) {
                quantizer.write(model, out, _ -> progress.step());
            }
            Root.outputOf(spec).printLine(out + ": " + recipe + ", " + Bytes.readable(model.size()) + " became "
                    + Bytes.readable(Files.size(out)));
        }
        return 0;
    }

    private void requireWhole(Gguf model) {
        for (Tensor tensor : model.tensors()) {
            if (tensor.type().blockSize() > 1 && !requantize) {
                throw new UserException(in + ": is quantised already, " + tensor.name() + " in " + tensor.type()
                        + "; take the original in F16, BF16 or F32, or --allow-requantize");
            }
        }
    }
}
