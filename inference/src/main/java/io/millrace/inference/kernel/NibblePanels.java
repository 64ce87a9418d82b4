package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Panels of types whose weights are {@code scale * code + offset}, with codes of 4 bits and a scale and an offset for each 32.
 *
 * <p>A block of 32 columns and 32 rows is 8 times 64 bytes. Each 64 bytes are one short a row, with the codes of four columns, the first in the lowest bits; row
 * {@code r} and row {@code r + 16} are the two halves of an int. In scalar code, a block adds to a row's product
 *
 * <pre>{@code
 * short sum = 0;
 * for (int c = 0; c < 32; c++) {
 *     sum += (code[c] - 8) * activation.code[c]; // at most 32 * 8 * 127
 * }
 * product = fma(scale * activation.scale, sum, product);
 * product = fma(offset + 8 * scale, activation.sum, product);
 * }</pre>
 *
 * where the subtraction is done for all columns at once, modulo 2^16, by the sum's first value. What is in the registers of a loop is written
 * out, because helpers that keep vectors in arrays or fields would put them on the heap.
 */
abstract class NibblePanels implements PanelFormat {
    static final int BLOCK = Activations.BLOCK;
    static final int HALF = ROWS / 2;
    static final int QUADS = 8;
    private static final long LOWER = 0x0f0f0f0f0f0f0f0fL;
    private static final long UPPER = 0xf0f0f0f0f0f0f0f0L;
    /** What the sums leave out of each code. */
    static final int BIAS = 8;
    static final int QUAD_BYTES = ROWS * Short.BYTES;
    static final int BLOCK_BYTES = QUADS * QUAD_BYTES;
    /** So many blocks' sums of eight tokens are 4 KiB. */
    private static final int CACHED_BLOCKS = 8;
    static final int NIBBLES = 0x000f000f;

    private final boolean hasOffsets;

    /** @param hasOffsets whether {@code offset + 8 * scale} can be anything but 0 */
    NibblePanels(boolean hasOffsets) {
        this.hasOffsets = hasOffsets;
    }

    /** Bytes of a panel's scales and offsets, which stand before its codes: memory is then read in one direction. */
    abstract long scaleBytes(int columns);

    /** Copies a row's codes, with {@link #packHalves} or {@link #packPair}, and its scales. */
    abstract void pack(Matrix matrix, int row, MemorySegment panel, long codes, int lane);

    /**
     * Writes a panel's scales, a block's {@link #ROWS} after the other's, from the start of {@code out}, and, where there are offsets, each {@code offset + 8 * scale} from index {@code columns} on.
     */
    abstract void readScales(MemorySegment panels, long offset, int columns, float[] out);

    @Override
    public final long bytes(int columns) {
        return codeBytes(columns) + scaleBytes(columns);
    }

    private static long codeBytes(int columns) {
        return (long) (columns / BLOCK) * BLOCK_BYTES;
    }

    @Override
    public final void pack(Matrix matrix, int row, MemorySegment panel, int lane) {
        pack(matrix, row, panel, scaleBytes(matrix.columns()), lane);
    }

    /** Places a block of a row's codes: 16 bytes, whose lower nibbles are columns 0 to 15, their upper ones columns 16 to 31. */
    static void packHalves(MemorySegment data, long offset, MemorySegment panel, long codes, int block, int lane) {
        long first = data.get(Layouts.LONG, offset);
        long second = data.get(Layouts.LONG, offset + Long.BYTES);
        pack(Long.compress(first, LOWER) | Long.compress(second, LOWER) << Integer.SIZE,
                Long.compress(first, UPPER) | Long.compress(second, UPPER) << Integer.SIZE, panel, codes, block, lane);
    }

    /** Places two blocks of a row's codes: 32 bytes, whose lower nibbles are the first block, their upper ones the second. */
    static void packPair(MemorySegment data, long offset, MemorySegment panel, long codes, int block, int lane) {
        long bytes0 = data.get(Layouts.LONG, offset);
        long bytes1 = data.get(Layouts.LONG, offset + Long.BYTES);
        long bytes2 = data.get(Layouts.LONG, offset + 2 * Long.BYTES);
        long bytes3 = data.get(Layouts.LONG, offset + 3 * Long.BYTES);
        pack(Long.compress(bytes0, LOWER) | Long.compress(bytes1, LOWER) << Integer.SIZE,
                Long.compress(bytes2, LOWER) | Long.compress(bytes3, LOWER) << Integer.SIZE, panel, codes, block, lane);
        pack(Long.compress(bytes0, UPPER) | Long.compress(bytes1, UPPER) << Integer.SIZE,
                Long.compress(bytes2, UPPER) | Long.compress(bytes3, UPPER) << Integer.SIZE, panel, codes, block + 1,
                lane);
    }

    /** Places a block of a row's codes, 4 bits each: of columns 0 to 15, the first in the lowest bits, and 16 to 31. */
    private static void pack(long first, long second, MemorySegment panel, long codes, int block, int lane) {
        long at = codes + (long) block * BLOCK_BYTES + HalfPairs.place(lane);
        for (int quad = 0; quad < QUADS / 2; quad++) {
            panel.set(Layouts.SHORT, at + (long) quad * QUAD_BYTES, (short) (first >>> quad * Short.SIZE));
            panel.set(Layouts.SHORT, at + (long) (QUADS / 2 + quad) * QUAD_BYTES,
                    (short) (second >>> quad * Short.SIZE));
        }
    }

    /** Floats that {@link #multiply} wants: scales, offsets, and the sums of some blocks. */
    static int scratch(int columns) {
        return 2 * columns + CACHED_BLOCKS * 8 * HALF;
    }

    @Override
    public final void multiply(MemorySegment panels, long offset, long panelBytes, int count, int columns,
            Activations x, int fromToken, int toToken, float[] y, int yAt, int yStride, float[] scratch) {
        for (int panel = 0; panel < count; panel++) {
            multiply(panels, offset + panel * panelBytes, columns, x, fromToken, toToken, y, yAt + panel * ROWS,
                    yStride, scratch);
        }
    }

    private void multiply(MemorySegment panels, long offset, int columns, Activations x, int fromToken, int toToken,
            float[] y, int yOffset, int yStride, float[] scratch) {
        readScales(panels, offset, columns, scratch);
        long codes = offset + scaleBytes(columns);
        int t = fromToken;
        while (t < toToken) {
            int together = toToken - t >= 8 ? 8 : toToken - t >= 4 ? 4 : 1;
            int at = yOffset + t * yStride;
            if (together == 1) {
                one(panels, codes, columns, x.codes(), t, y, at, scratch);
            } else {
                several(panels, codes, columns, x.codes(), t, together, y, at, yStride, scratch);
            }
            t += together;
        }
    }

    private void one(MemorySegment panels, long offset, int columns, ActivationCodes x, int token, float[] y,
            int yAt, float[] scratch) {
        float[] pairs = x.pairs();
        int blocks = columns / BLOCK;
        for (int lane = 0; lane < HALF; lane += Lanes.COUNT) {
            var lower = FloatVector.zero(Lanes.FLOATS);
            var upper = lower;
            for (int b = 0; b < blocks; b++) {
                long block = offset + (long) b * BLOCK_BYTES + (long) lane * Integer.BYTES;
                int own = token * blocks + b;
                int c = own * BLOCK;
                var sum0 = FloatVector.broadcast(Lanes.FLOATS, x.biases()[own]).reinterpretAsShorts();
                var sum1 = ShortVector.zero(Lanes.WIDE_SHORTS);
                for (int quad = 0; quad < QUADS; quad++, c += 4) {
                    var codes = IntVector.fromMemorySegment(Lanes.INTS, panels, block + (long) quad * QUAD_BYTES,
                            Layouts.ORDER);
                    sum0 = sum0.add(codes.and(NIBBLES).reinterpretAsShorts()
                            .mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c]).reinterpretAsShorts()));
                    sum1 = sum1.add(codes.lanewise(VectorOperators.LSHR, 4).and(NIBBLES).reinterpretAsShorts()
                            .mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c + 1]).reinterpretAsShorts()));
                    sum0 = sum0.add(codes.lanewise(VectorOperators.LSHR, 8).and(NIBBLES).reinterpretAsShorts()
                            .mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c + 2]).reinterpretAsShorts()));
                    sum1 = sum1.add(codes.lanewise(VectorOperators.LSHR, 12).and(NIBBLES).reinterpretAsShorts()
                            .mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c + 3]).reinterpretAsShorts()));
                }
                var sum = sum0.add(sum1);
                int s = 2 * b * HALF + lane;
                float scale = x.scales()[own];
                lower = FloatVector.fromArray(Lanes.FLOATS, scratch, s).mul(scale).fma(lower(sum), lower);
                upper = FloatVector.fromArray(Lanes.FLOATS, scratch, s + HALF).mul(scale).fma(upper(sum), upper);
                if (hasOffsets) {
                    var codeSum = FloatVector.broadcast(Lanes.FLOATS, x.sums()[own]);
                    lower = FloatVector.fromArray(Lanes.FLOATS, scratch, columns + s).fma(codeSum, lower);
                    upper = FloatVector.fromArray(Lanes.FLOATS, scratch, columns + s + HALF).fma(codeSum, upper);
                }
            }
            lower.intoArray(y, yAt + lane);
            upper.intoArray(y, yAt + HALF + lane);
        }
    }

    /**
     * Several tokens: the sums of some blocks, which stay in the first cache, and then what they add to the products.
     *
     * @param together how many tokens, 4 or 8
     */
    private void several(MemorySegment panels, long offset, int columns, ActivationCodes x, int token,
            int together,
            float[] y, int yAt, int yStride, float[] scratch) {
        int blocks = columns / BLOCK;
        for (int t = 0; t < together; t++) {
            Arrays.fill(y, yAt + t * yStride, yAt + t * yStride + ROWS, 0);
        }
        for (int from = 0; from < blocks; from += CACHED_BLOCKS) {
            int to = Math.min(from + CACHED_BLOCKS, blocks);
            if (together == 8) {
                NibbleTiles.sumEight(panels, offset, blocks, from, to, x, token, scratch, 2 * columns);
            } else {
                NibbleTiles.sumFour(panels, offset, blocks, from, to, x, token, scratch, 2 * columns);
            }
            for (int t = 0; t < together; t++) {
                scale(scratch, columns, from, to, x, (token + t) * blocks, together, t, y, yAt + t * yStride);
            }
        }
    }

    /** Adds one token's sums of some blocks to its products. */
    private void scale(float[] scratch, int columns, int fromBlock, int toBlock, ActivationCodes x, int xBlock,
            int together, int t, float[] y, int yAt) {
        for (int lane = 0; lane < HALF; lane += Lanes.COUNT) {
            var lower = FloatVector.fromArray(Lanes.FLOATS, y, yAt + lane);
            var upper = FloatVector.fromArray(Lanes.FLOATS, y, yAt + HALF + lane);
            int at = 2 * columns + t * HALF + lane;
            for (int b = fromBlock; b < toBlock; b++, at += together * HALF) {
                var sum = FloatVector.fromArray(Lanes.FLOATS, scratch, at).reinterpretAsShorts();
                int s = 2 * b * HALF + lane;
                float scale = x.scales()[xBlock + b];
                lower = FloatVector.fromArray(Lanes.FLOATS, scratch, s).mul(scale).fma(lower(sum), lower);
                upper = FloatVector.fromArray(Lanes.FLOATS, scratch, s + HALF).mul(scale).fma(upper(sum), upper);
                if (hasOffsets) {
                    var codeSum = FloatVector.broadcast(Lanes.FLOATS, x.sums()[xBlock + b]);
                    lower = FloatVector.fromArray(Lanes.FLOATS, scratch, columns + s).fma(codeSum, lower);
                    upper = FloatVector.fromArray(Lanes.FLOATS, scratch, columns + s + HALF).fma(codeSum, upper);
                }
            }
            lower.intoArray(y, yAt + lane);
            upper.intoArray(y, yAt + HALF + lane);
        }
    }

    /** The sums of the rows in the lower halves of ints. */
    private static FloatVector lower(ShortVector sums) {
        return (FloatVector) sums.reinterpretAsInts().lanewise(VectorOperators.LSHL, Short.SIZE)
                .lanewise(VectorOperators.ASHR, Short.SIZE).convert(VectorOperators.I2F, 0);
    }

    /** The sums of the rows in the upper halves. */
    private static FloatVector upper(ShortVector sums) {
        return (FloatVector) sums.reinterpretAsInts().lanewise(VectorOperators.ASHR, Short.SIZE)
                .convert(VectorOperators.I2F, 0);
    }
}
