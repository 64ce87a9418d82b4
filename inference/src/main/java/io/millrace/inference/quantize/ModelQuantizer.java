package io.millrace.inference.quantize;

import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.gguf.GgufException;
import io.millrace.inference.gguf.GgufWriter;
import io.millrace.inference.gguf.ImportanceMatrix;
import io.millrace.inference.gguf.Tensor;
import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.kernel.Kernels;
import io.millrace.inference.kernel.Matrix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Writes a model anew with its matrices in other types. For one thread, which has all cores encode. */
public final class ModelQuantizer {
    private static final int QUANTIZATION_VERSION = 2;
    private static final int MOST_WEIGHTS_AT_ONCE = 1 << 24;

    private final QuantizationRecipe recipe;
    private final boolean pure;
    private final ImportanceMatrix importance;
    private final boolean uniformElsewhere;
    private final Kernels kernels = Kernels.fastest();
    private final Map<TensorType, RowEncoder> encoders = new EnumMap<>(TensorType.class);

    /** As the other constructor, without an importance matrix. */
    public ModelQuantizer(QuantizationRecipe recipe, boolean pure) {
        this(recipe, pure, ImportanceMatrix.none(), false);
    }

    /**
     * Says how.
     *
     * @param pure whether every matrix is to have the recipe's type, without its rules
     * @param importance for the types that use it
     * @param uniformElsewhere whether to take columns for alike where a type needs an importance that is not there, rather than to refuse
     */
    public ModelQuantizer(QuantizationRecipe recipe, boolean pure, ImportanceMatrix importance,
            boolean uniformElsewhere) {
        this.recipe = recipe;
        this.pure = pure;
        this.importance = importance;
        this.uniformElsewhere = uniformElsewhere;
    }

    /** What becomes of a tensor; without an importance where there is none, or its type makes no use of it. */
    private record Target(Tensor tensor, TensorType type, Optional<float[]> importance) {}

    /**
     * Makes sure that the importance of columns is there where it is needed, before work is done that would be in vain.
     *
     * @throws GgufException if it is not, is another model's, or is of no use
     */
    public void requireImportance(Gguf model) {
        var _ = targets(model);
    }

    /**
     * Writes the new file.
     *
     * @param progress told of each tensor that is written
     * @throws GgufException if the file exists already or cannot be written, a weight cannot be stored, or as {@link #requireImportance}
     */
    public void write(Gguf model, Path path, Consumer<Tensor> progress) {
        GgufWriter writer = GgufWriter.withMetadataOf(model).uint32("general.quantization_version",
                QUANTIZATION_VERSION).uint32("general.file_type", recipe.fileType());
        for (Target target : targets(model)) {
            Tensor tensor = target.tensor;
            writer.tensor(tensor.name(), target.type, tensor.dimensions(), channel -> {
                encode(model, target, channel);
                progress.accept(tensor);
            });
        }
        writer.write(path);
    }

    private List<Target> targets(Gguf model) {
        String architecture = model.metadata().string("general.architecture");
        int layers = model.metadata().count(architecture + ".block_count", 0);
        int heads = model.metadata().count(architecture + ".attention.head_count", 1);
        int queriesAKey = heads / Math.max(1, model.metadata().count(architecture + ".attention.head_count_kv", heads));
        boolean hasOutput = model.find("output.weight").isPresent();
        var targets = new ArrayList<Target>();
        for (Tensor tensor : model.tensors()) {
            TensorType type = typeOf(tensor, MatrixPlace.of(tensor.name(), hasOutput, layers, queriesAKey));
            targets.add(new Target(tensor, type, importanceOf(tensor, type)));
        }
        boolean isOfUse = targets.stream().anyMatch(target -> target.importance.isPresent());
        if (!importance.columns().isEmpty() && !isOfUse) {
            throw new GgufException(importance.source() + ": is of no use for " + recipe
                    + ", since it holds no matrix of this model that would be in a type of IQ1, IQ2 or IQ3;"
                    + " leave it out, or see that it was made for this model");
        }
        return targets;
    }

    /** Only matrices are quantised: vectors are few, and norms. */
    private TensorType typeOf(Tensor tensor, MatrixPlace place) {
        boolean isMatrix = tensor.dimensions().size() > 1 && tensor.name().endsWith("weight")
                && !tensor.name().contains("_norm.weight");
        if (!isMatrix) {
            return tensor.type();
        }
        return QuantizationRecipe.fitting(pure ? recipe.type() : recipe.typeOf(place), tensor.columns());
    }

    private Optional<float[]> importanceOf(Tensor tensor, TensorType type) {
        if (type == tensor.type() || !RowEncoders.usesImportance(type)) {
            return Optional.empty();
        }
        Optional<float[]> columns = importance.of(tensor);
        if (columns.isEmpty() && RowEncoders.needsImportance(type) && !uniformElsewhere) {
            throw new GgufException(
                    recipe + " has " + tensor.name() + " in " + type + ", which needs an importance matrix"
                            + (importance.columns().isEmpty() ? "" : " and is not in " + importance.source())
                            + ": give one that has it (--imatrix), or take all columns for alike, at some loss"
                            + " (--uniform-importance)");
        }
        return columns;
    }

    private void encode(Gguf model, Target target, FileChannel channel) throws IOException {
        Tensor tensor = target.tensor;
        TensorType type = target.type;
        if (type == tensor.type()) {
            GgufWriter.write(channel, tensor.data());
            return;
        }
        Matrix matrix = Matrix.of(tensor);
        RowEncoder encoder = encoders.computeIfAbsent(type, wanted -> RowEncoders.of(wanted).orElseThrow());
        int rowsAtOnce = Math.clamp(MOST_WEIGHTS_AT_ONCE / matrix.columns(), 1, matrix.rows());
        int rowBytes = Math.toIntExact(type.bytes(matrix.columns()));
        ByteBuffer encoded = ByteBuffer.allocate(Math.multiplyExact(rowsAtOnce, rowBytes));
        for (int from = 0; from < matrix.rows(); from += rowsAtOnce) {
            int first = from;
            int count = Math.min(rowsAtOnce, matrix.rows() - from);
            try {
                IntStream.range(0, count).parallel().forEach(row -> {
                    var weights = new float[matrix.columns()];
                    kernels.dequantize(matrix, first + row, weights, 0);
                    ByteBuffer out = encoded.slice(row * rowBytes, rowBytes);
                    target.importance.ifPresentOrElse(columns -> encoder.encode(weights, 0, columns, out),
                            () -> encoder.encode(weights, 0, weights.length, out));
                });
            } catch (IllegalArgumentException e) {
                throw new GgufException(model.source() + ": the tensor " + tensor.name() + ", in rows from " + first
                        + " on: " + e.getMessage(), e);
            }
            ByteBuffer written = encoded.slice(0, count * rowBytes);
            while (written.hasRemaining()) {
                channel.write(written);
            }
        }
    }
}
