package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.Random;

/** Matrices of any type for tests. */
final class RandomMatrices {
    private final Random random;

    RandomMatrices(Random random) {
        this.random = random;
    }

    int nextInt(int bound) {
        return random.nextInt(bound);
    }

    /** Random bytes: infinities, subnormals and NaN among the weights. */
    Matrix anything(TensorType type, int rows, int columns) {
        var bytes = new byte[Math.toIntExact(rows * type.bytes(columns))];
        random.nextBytes(bytes);
        return new Matrix("random", type, rows, columns, MemorySegment.ofArray(bytes));
    }

    /** Random blocks, drawn until their weights are of a size that a model could have. */
    Matrix weights(TensorType type, int rows, int columns) {
        Matrix matrix = anything(type, rows, columns);
        for (long at = 0; at < matrix.data().byteSize(); at += type.blockBytes()) {
            Matrix block = anything(type, 1, type.blockSize());
            while (!isModest(block)) {
                block = anything(type, 1, type.blockSize());
            }
            MemorySegment.copy(block.data(), 0, matrix.data(), at, type.blockBytes());
        }
        return matrix;
    }

    private static boolean isModest(Matrix block) {
        var weights = new float[block.columns()];
        Kernels.scalar().dequantize(block, 0, weights, 0);
        for (float weight : weights) {
            if (!(Math.abs(weight) < 1000)) {
                return false;
            }
        }
        return true;
    }

    float[] values(int count) {
        var values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) random.nextGaussian();
        }
        return values;
    }
}
