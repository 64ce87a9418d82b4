package io.millrace.inference.model;

import io.millrace.inference.gpu.Argument;
import io.millrace.inference.gpu.DeviceContext;
import io.millrace.inference.gpu.DeviceMemory;
import io.millrace.inference.gpu.Grid;
import io.millrace.inference.gpu.KernelSource;
import io.millrace.inference.gpu.WeightPlanes;
import java.util.ArrayList;
import java.util.List;

/**
 * One matrix on a device, or several with the same inputs, one upon the other: their outputs stand side by side.
 *
 * @param parts neighbours of one type
 * @param rows of all
 * @param hasMatrixUnits whether the device's kernels are for matrix units
 */
record DeviceProduct(DeviceContext context, List<Part> parts, int rows, int columns, boolean hasMatrixUnits) {
    private static final int STORE = 0;
    private static final int ADD = 1;
    private static final int GATE = 2;
    private static final int LANES = 128;
    /** Of products for many tokens. */
    private static final int MANY_ROWS = 64;
    private static final int MANY_TOKENS = 32;
    // with matrix units
    private static final int FEW_LANES = 256;
    private static final int FEW_TOKENS_OF_TILE = 8;
    private static final int MANY_MATRIX_ROWS = 128;
    private static final int MANY_MATRIX_TOKENS = 128;
    private static final int EMBEDDED_COLUMNS = 1024;
    private static final int EMBEDDING_LANES = 32;

    /**
     * Some of the rows.
     *
     * @param planes how they lie in memory
     * @param firstRow where its outputs begin
     */
    record Part(WeightPlanes planes, DeviceMemory memory, int firstRow, int rows) {}

    DeviceProduct {
        parts = List.copyOf(parts);
    }

    /** {@code y = x} times the matrix, transposed: {@code x} in rows of {@link WeightPlanes#stride}. */
    void multiply(DeviceMemory x, DeviceMemory y, int tokens) {
        parts.forEach(part -> multiply(part, x, y, tokens, STORE));
    }

    /** {@code y += x} times the matrix, transposed. */
    void add(DeviceMemory x, DeviceMemory y, int tokens) {
        parts.forEach(part -> multiply(part, x, y, tokens, ADD));
    }

    private void multiply(Part part, DeviceMemory x, DeviceMemory y, int tokens, int mode) {
        launch(part, x, y, y, tokens, part.rows(), rows, part.firstRow(), mode);
    }

    /** {@code gated = swish(x * gates) * (x * ups)} in rows of {@link WeightPlanes#stride}, where gates and ups share tiles. With matrix units only. */
    void gate(DeviceMemory x, DeviceMemory gated, int width, int tokens) {
        Part both = parts.getFirst();
        launch(both, x, gated, gated, tokens, both.rows(), WeightPlanes.stride(width), width, GATE);
    }

    private void launch(Part part, DeviceMemory x, DeviceMemory y, DeviceMemory gated, int tokens, int partRows,
            int yStride, int yAt, int mode) {
        WeightPlanes planes = part.planes();
        List<Argument> arguments = new ArrayList<>(List.of(part.memory(), x, y));
        if (hasMatrixUnits) {
            arguments.add(gated);
        }
        for (int number : new int[]{partRows, planes.units(columns), planes.blocks(columns), planes.tileBytes(columns),
                WeightPlanes.stride(columns), tokens, yStride, yAt, mode}) {
            arguments.add(Argument.of(number));
        }
        context.launch(kernel(tokens) + planes.type(), grid(partRows, tokens), arguments.toArray(Argument[]::new));
    }

    /** Tiles of tokens, in the products for few; 0 if there are too many. */
    private static int tokenTiles(int tokens) {
        return KernelSource.TILES.stream().filter(tiles -> tokens <= tiles * FEW_TOKENS_OF_TILE).findFirst().orElse(0);
    }

    private String kernel(int tokens) {
        if (hasMatrixUnits) {
            int tiles = tokenTiles(tokens);
            return tiles > 0 ? "multiply_tiles_" + tiles + "_" : "multiply_many_";
        }
        return tokens == 1 ? "multiply_1_" : tokens <= KernelSource.FEW_TOKENS ? "multiply_8_" : "multiply_many_";
    }

    private Grid grid(int partRows, int tokens) {
        int rowTiles = Math.ceilDiv(partRows, WeightPlanes.TILE_ROWS);
        if (hasMatrixUnits) {
            return tokenTiles(tokens) > 0
                    ? new Grid(rowTiles, 1, FEW_LANES)
                    : new Grid(Math.ceilDiv(tokens, MANY_MATRIX_TOKENS), Math.ceilDiv(partRows, MANY_MATRIX_ROWS),
                            LANES);
        }
        return tokens <= KernelSource.FEW_TOKENS
                ? new Grid(rowTiles, 1, LANES)
                : new Grid(Math.ceilDiv(partRows, MANY_ROWS), Math.ceilDiv(tokens, MANY_TOKENS), LANES);
    }

    /** {@code x =} the rows of the batch's tokens. Of a single matrix only. */
    void embed(StepInputs inputs, DeviceMemory x, int tokens) {
        Part table = parts.getFirst();
        WeightPlanes planes = table.planes();
        context.launch("embed_" + planes.type(),
                new Grid(Math.ceilDiv(columns, EMBEDDED_COLUMNS), tokens, EMBEDDING_LANES), table.memory(),
                inputs.memory(), Argument.of(inputs.tokensAt()), x, Argument.of(columns),
                Argument.of(planes.blocks(columns)), Argument.of(planes.tileBytes(columns)));
    }
}
