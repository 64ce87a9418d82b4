package io.millrace.inference.model;

import io.millrace.inference.gpu.DeviceMemory;
import io.millrace.inference.gpu.WeightPlanes;
import io.millrace.inference.gpu.WeightPlanes.Place;
import io.millrace.inference.kernel.Matrix;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies weights to a device, where they are woven into planes, while a thread ahead of that reads the file. Everything is there when it is closed.
 */
final class DeviceWeights implements AutoCloseable {
    /** What is copied before it is woven. */
    static final int STAGED_BYTES = 64 << 20;

    private final DeviceScope scope;
    private final boolean hasMatrixUnits;
    private final Arena arena = Arena.ofShared();
    private final DeviceMemory staged;
    private final Thread reader;
    private volatile boolean closed;

    /** @param ahead what will be copied, in that order */
    DeviceWeights(DeviceScope scope, boolean hasMatrixUnits, List<Matrix> ahead) {
        this.scope = scope;
        this.hasMatrixUnits = hasMatrixUnits;
        staged = scope.allocate(stagedBytes(ahead));
        reader = Thread.ofPlatform().daemon().name("millrace-read-ahead").start(() -> read(ahead));
    }

    /** Bytes that are taken for the time of copying: at least a row. */
    static long stagedBytes(List<Matrix> matrices) {
        return matrices.stream()
                .mapToLong(matrix -> Math.min(Math.max(STAGED_BYTES, matrix.rowBytes()), matrix.data().byteSize()))
                .max().orElse(1);
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

    /** Matrices with the same inputs, one upon the other; neighbours of the same type become one. */
    DeviceProduct product(Matrix... matrices) {
        var parts = new ArrayList<DeviceProduct.Part>();
        int columns = matrices[0].columns();
        int firstRow = 0;
        for (int from = 0, to; from < matrices.length; from = to) {
            to = from + 1;
            int rows = matrices[from].rows();
            while (to < matrices.length && matrices[to].type() == matrices[from].type()) {
                rows += matrices[to++].rows();
            }
            parts.add(part(List.of(matrices).subList(from, to), firstRow, rows));
            firstRow += rows;
        }
        return new DeviceProduct(scope.context(), parts, firstRow, columns, hasMatrixUnits);
    }

    private DeviceProduct.Part part(List<Matrix> matrices, int firstRow, int rows) {
        Matrix first = matrices.getFirst();
        var planes = WeightPlanes.of(first.type());
        DeviceMemory memory = scope.allocate(planes.bytes(rows, first.columns()));
        int to = 0;
        for (Matrix matrix : matrices) {
            copy(matrix, planes, memory, to, Place.ALL);
            to += matrix.rows();
        }
        return new DeviceProduct.Part(planes, memory, firstRow, rows);
    }

    /** Gates and what they let through, of the same type, in the halves of the same tiles. */
    DeviceProduct gates(Matrix gate, Matrix up) {
        var planes = WeightPlanes.of(gate.type());
        int tiles = Math.ceilDiv(gate.rows(), Place.FIRST_HALF.rowsOfTile());
        int rows = tiles * WeightPlanes.TILE_ROWS;
        DeviceMemory memory = scope.allocate(planes.bytes(rows, gate.columns()));
        copy(gate, planes, memory, 0, Place.FIRST_HALF);
        copy(up, planes, memory, 0, Place.LAST_HALF);
        var part = new DeviceProduct.Part(planes, memory, 0, rows);
        return new DeviceProduct(scope.context(), List.of(part), rows, gate.columns(), hasMatrixUnits);
    }

    private void copy(Matrix matrix, WeightPlanes planes, DeviceMemory to, int firstRow, Place place) {
        long rowBytes = matrix.rowBytes();
        int step = Math.toIntExact(staged.bytes() / rowBytes);
        for (int row = 0; row < matrix.rows(); row += step) {
            int rows = Math.min(step, matrix.rows() - row);
            scope.context().upload(matrix.data().asSlice(row * rowBytes, rows * rowBytes), staged, 0);
            planes.weave(scope.context(), staged, to, firstRow + row, rows, matrix.columns(), place);
        }
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
            scope.release(staged);
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
}
