package io.millrace.inference.kernel;

import io.millrace.inference.gguf.Tensor;
import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;

/**
 * A weight matrix as its file holds it, one row after the other.
 *
 * @param rows outputs of a multiplication
 * @param columns inputs of a multiplication
 * @param data {@code rows} times {@link #rowBytes} bytes
 */
public record Matrix(String name, TensorType type, int rows, int columns, MemorySegment data) {
    public Matrix {
        if (data.byteSize() != rows * type.bytes(columns)) {
            throw new IllegalArgumentException(name + " should have " + rows * type.bytes(columns) + " bytes, but has "
                    + data.byteSize());
        }
    }

    public static Matrix of(Tensor tensor) {
        return new Matrix(tensor.name(), tensor.type(), tensor.rows(), tensor.columns(), tensor.data());
    }

    public long rowBytes() {
        return type.bytes(columns);
    }
}
