package io.millrace.inference.quantize;

import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.gguf.GgufException;
import io.millrace.inference.gguf.GgufWriter;
import io.millrace.inference.gguf.Tensor;
import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.kernel.Kernels;
import io.millrace.inference.kernel.Matrix;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** Writes a model anew with its matrices in other types. For one thread, which has all cores encode. */
public final class ModelQuantizer {
    private static final int QUANTIZATION_VERSION = 2;
    private static final int MOST_WEIGHTS_AT_ONCE = 1 << 24;

    private final QuantizationRecipe recipe;
    private final boolean pure;
    private final Kernels kernels = Kernels.fastest();
    private final Map<TensorType, RowEncoder> encoders = new EnumMap<>(TensorType.class);

    /**
     * Says how.
     *
     * @param pure whether every matrix is to have the recipe's type, without its rules
     * @throws IllegalArgumentException if the recipe's rules cannot be kept
     */
    public ModelQuantizer(QuantizationRecipe recipe, boolean pure) {
        if (recipe.needsPure() && !pure) {
            throw new IllegalArgumentException(recipe + " has parts that need an importance matrix; it can be made"
                    + " only with every matrix alike (--pure)");
        }
        this.recipe = recipe;
        this.pure = pure;
    }

    /**
     * Writes the new file.
     *
     * @param progress told of each tensor that is written
     * @throws GgufException if the file exists already or cannot be written, or a weight cannot be stored
     */
    public void write(Gguf model, Path path, Consumer<Tensor> progress) {
        String architecture = model.metadata().string("general.architecture");
        int layers = model.metadata().count(architecture + ".block_count", 0);
        int heads = model.metadata().count(architecture + ".attention.head_count", 1);
        int queriesAKey = heads / Math.max(1, model.metadata().count(architecture + ".attention.head_count_kv", heads));
        boolean hasOutput = model.find("output.weight").isPresent();
        GgufWriter writer = GgufWriter.withMetadataOf(model).uint32("general.quantization_version",
                QUANTIZATION_VERSION).uint32("general.file_type", recipe.fileType());
        for (Tensor tensor : model.tensors()) {
            TensorType type = typeOf(tensor, MatrixPlace.of(tensor.name(), hasOutput, layers, queriesAKey));
            writer.tensor(tensor.name(), type, tensor.dimensions(), channel -> {
                encode(model, tensor, type, channel);
                progress.accept(tensor);
            });
        }
        writer.write(path);
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

    private void encode(Gguf model, Tensor tensor, TensorType type, FileChannel channel) throws IOException {
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
                    encoder.encode(weights, 0, weights.length, encoded.slice(row * rowBytes, rowBytes));
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
