package io.millrace.inference.model;

import io.millrace.inference.gpu.Argument;
import io.millrace.inference.gpu.DeviceMemory;
import io.millrace.inference.gpu.Grid;
import io.millrace.inference.gpu.KernelSource;
import io.millrace.inference.kernel.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Copies weights to a device as they are, while a thread ahead of that reads the file. Everything is there when it is closed. */
final class DeviceWeights implements AutoCloseable {
    private final DeviceScope scope;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment padding = arena.allocate(KernelSource.PADDING_BYTES);
    private final Thread reader;
    private volatile boolean closed;

    /** @param ahead what will be copied, in that order */
    DeviceWeights(DeviceScope scope, List<Matrix> ahead) {
        this.scope = scope;
        reader = Thread.ofPlatform().daemon().name("millrace-read-ahead").start(() -> read(ahead));
    }

    private void read(List<Matrix> ahead) {
        for (Matrix matrix : ahead) {
            if (closed) {
                return;
            }
            if (matrix.data().isMapped()) {
                matrix.data().load();
            }
        }
    }

    Product matrix(Matrix matrix) {
        long bytes = matrix.data().byteSize();
        DeviceMemory memory = scope.allocate(bytes + KernelSource.PADDING_BYTES);
        scope.context().upload(matrix.data(), memory, 0);
        scope.context().upload(padding, memory, bytes);
        return new Product(scope, matrix, memory);
    }

    DeviceMemory vector(float... values) {
        DeviceMemory memory = scope.allocate((long) values.length * Float.BYTES);
        scope.context().upload(arena.allocateFrom(ValueLayout.JAVA_FLOAT, values), memory, 0);
        return memory;
    }

    @Override
    public void close() {
        closed = true;
        boolean interrupted = false;
        try {
            scope.context().finish();
        } finally {
            while (reader.isAlive()) {
                try {
                    reader.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            arena.close();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** A matrix on a device. */
    record Product(DeviceScope scope, Matrix matrix, DeviceMemory memory) {
        private static final int FEW_ROWS = 4;
        private static final int MANY_ROWS = 64;
        private static final int MANY_TOKENS = 32;
        private static final int LANES = 128;
        private static final int EMBEDDED_COLUMNS = 256;
        private static final int EMBEDDING_LANES = 32;

        /** {@code y = x} times the matrix, transposed. */
        void multiply(DeviceMemory x, DeviceMemory y, int tokens) {
            multiply(x, y, tokens, 0);
        }

        /** {@code y += x} times the matrix, transposed. */
        void add(DeviceMemory x, DeviceMemory y, int tokens) {
            multiply(x, y, tokens, 1);
        }

        private void multiply(DeviceMemory x, DeviceMemory y, int tokens, int add) {
            boolean few = tokens <= KernelSource.FEW_TOKENS;
            Grid grid = few
                    ? new Grid(Math.ceilDiv(matrix.rows(), FEW_ROWS), 1, LANES)
                    : new Grid(Math.ceilDiv(matrix.rows(), MANY_ROWS), Math.ceilDiv(tokens, MANY_TOKENS), LANES);
            String kernel = "multiply_" + (tokens == 1 ? 1 : few ? KernelSource.FEW_TOKENS : "many") + "_";
            scope.context().launch(kernel + matrix.type(), grid, memory, x, y, Argument.of(matrix.rows()),
                    Argument.of(matrix.columns()), Argument.of(Math.toIntExact(matrix.rowBytes())),
                    Argument.of(tokens), Argument.of(add));
        }

        /** {@code x =} the rows of the batch's tokens. */
        void embed(StepInputs inputs, DeviceMemory x, int tokens) {
            scope.context().launch("embed_" + matrix.type(),
                    new Grid(Math.ceilDiv(matrix.columns(), EMBEDDED_COLUMNS), tokens, EMBEDDING_LANES), memory,
                    inputs.memory(), Argument.of(inputs.tokensAt()), x, Argument.of(matrix.columns()),
                    Argument.of(Math.toIntExact(matrix.rowBytes())));
        }
    }
}
