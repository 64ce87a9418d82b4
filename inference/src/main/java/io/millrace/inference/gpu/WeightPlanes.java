package io.millrace.inference.gpu;

import io.millrace.inference.gguf.TensorType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How a device keeps rows of weights: not block by block, as files do, but woven in tiles of 16 rows, and in planes, one for each part of a block, such as codes and scales. A
 * plane has a piece of each of the tile's rows, then the next piece of each: lanes with rows side by side then read side by side. Kernels know the same planes by their
 * formats' files.
 *
 * @param type of the weights
 * @param planes one behind the other
 */
public record WeightPlanes(TensorType type, List<Part> planes) {
    /** Weights that a lane decodes at once. */
    public static final int UNIT = 32;

    /** Rows of a tile. */
    public static final int TILE_ROWS = 16;

    private static final int COLUMN_MULTIPLE = 128;
    private static final int LANES = 256;

    /**
     * A part of each block, which has a plane of its own.
     *
     * @param at where it begins, in bytes from the block's begin
     * @param bytes how many
     * @param pieceBytes that stand together
     */
    public record Part(int at, int bytes, int pieceBytes) {}

    /**
     * Which rows of its tiles a matrix fills.
     *
     * @param rowsOfTile how many of each tile
     * @param rowAt the first of them
     */
    public record Place(int rowsOfTile, int rowAt) {
        /** All of them. */
        public static final Place ALL = new Place(TILE_ROWS, 0);
        /** The first half of each tile. */
        public static final Place FIRST_HALF = new Place(TILE_ROWS / 2, 0);
        /** The last half of each tile. */
        public static final Place LAST_HALF = new Place(TILE_ROWS / 2, TILE_ROWS / 2);
    }

    public WeightPlanes {
        planes = List.copyOf(planes);
    }

    /** Those of one of {@link KernelSource#TYPES}. */
    public static WeightPlanes of(TensorType type) {
        return switch (type) {
            case F32 -> of(type, new Part(0, 4, 16));
            case F16, BF16 -> of(type, new Part(0, 2, 16));
            case Q8_0 -> of(type, new Part(2, 32, 16), new Part(0, 2, 2));
            case Q4_0 -> of(type, new Part(2, 16, 16), new Part(0, 2, 2));
            case Q4_1 -> of(type, new Part(4, 16, 16), new Part(0, 4, 4));
            case Q5_0 -> of(type, new Part(6, 16, 16), new Part(2, 4, 4), new Part(0, 2, 2));
            case Q5_1 -> of(type, new Part(8, 16, 16), new Part(4, 4, 4), new Part(0, 4, 4));
            case Q2_K -> of(type, new Part(16, 64, 8), new Part(0, 16, 16), new Part(80, 4, 4));
            case Q3_K -> of(type, new Part(32, 64, 8), new Part(0, 32, 8), new Part(96, 12, 12), new Part(108, 2, 2));
            case Q4_K -> of(type, new Part(16, 128, 16), new Part(4, 12, 12), new Part(0, 4, 4));
            case Q5_K ->
                of(type, new Part(48, 128, 16), new Part(16, 32, 16), new Part(4, 12, 12), new Part(0, 4, 4));
            case Q6_K ->
                of(type, new Part(0, 128, 16), new Part(128, 64, 16), new Part(192, 16, 16), new Part(208, 2, 2));
            default -> throw new IllegalArgumentException("there is no kernel for " + type);
        };
    }

    private static WeightPlanes of(TensorType type, Part... planes) {
        return new WeightPlanes(type, List.of(planes));
    }

    /** How long a row of so many inputs is on a device: filled up with zeros. */
    public static int stride(int columns) {
        return Math.ceilDiv(columns, COLUMN_MULTIPLE) * COLUMN_MULTIPLE;
    }

    /** Blocks of a row. */
    public int blocks(int columns) {
        return columns / type.blockSize();
    }

    /** Units of a row, the last ones perhaps with zeros only. */
    public int units(int columns) {
        return (type.blockSize() == 1 ? stride(columns) : columns) / UNIT;
    }

    /** Bytes that a plane has of a row. */
    private int rowBytes(Part plane, int columns) {
        return (type.blockSize() == 1 ? stride(columns) : blocks(columns)) * plane.bytes();
    }

    /** Bytes of a tile, and how far apart tiles are. */
    public int tileBytes(int columns) {
        return planes.stream().mapToInt(plane -> TILE_ROWS * rowBytes(plane, columns)).sum();
    }

    /** Bytes of so many rows. */
    public long bytes(int rows, int columns) {
        return (long) Math.ceilDiv(rows, TILE_ROWS) * tileBytes(columns);
    }

    /**
     * Queues kernels that weave rows that lie as in the file.
     *
     * @param firstRow where the first of them goes
     */
    public void weave(DeviceContext context, DeviceMemory from, DeviceMemory to, int firstRow, int rows, int columns,
            Place place) {
        int at = 0;
        for (Part plane : planes) {
            int rowBytes = rowBytes(plane, columns);
            var arguments = new ArrayList<Argument>(List.of(from, to));
            IntStream.of(firstRow, place.rowsOfTile(), place.rowAt(), blocks(columns), halves(tileBytes(columns)),
                    halves(at), halves(type.blockBytes()), halves(plane.at()), halves(plane.bytes()),
                    halves(plane.pieceBytes()), halves(rowBytes)).mapToObj(Argument::of).forEach(arguments::add);
            context.launch("split", new Grid(rows, 1, LANES), arguments.toArray(Argument[]::new));
            at += TILE_ROWS * rowBytes;
        }
    }

    private static int halves(int bytes) {
        return bytes / Short.BYTES;
    }
}
