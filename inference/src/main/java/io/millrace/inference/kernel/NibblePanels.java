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
    private static final int QUADS = 8;
    private static final long LOWER = 0x0f0f0f0f0f0f0f0fL;
    private static final long UPPER = 0xf0f0f0f0f0f0f0f0L;
    /** What the sums leave out of each code. */
    static final int BIAS = 8;
    private static final int QUAD_BYTES = ROWS * Short.BYTES;
    private static final int BLOCK_BYTES = QUADS * QUAD_BYTES;
    /** So many blocks' sums of eight tokens are 4 KiB. */
    private static final int CACHED_BLOCKS = 8;
    private static final int NIBBLES = 0x000f000f;

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
                sumEight(panels, offset, blocks, from, to, x, token, scratch, 2 * columns);
            } else {
                sumFour(panels, offset, blocks, from, to, x, token, scratch, 2 * columns);
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

    /** The sums of {@link #one}, for four tokens: each code is unpacked once. */
    private static void sumFour(MemorySegment panels, long offset, int blocks, int fromBlock, int toBlock,
            ActivationCodes x,
            int token, float[] sums, int sumsOffset) {
        float[] pairs = x.pairs();
        float[] biases = x.biases();
        for (int lane = 0; lane < HALF; lane += Lanes.COUNT) {
            int at = sumsOffset + lane;
            for (int b = fromBlock; b < toBlock; b++, at += 4 * HALF) {
                long block = offset + (long) b * BLOCK_BYTES + (long) lane * Integer.BYTES;
                int b0 = token * blocks + b;
                int b1 = b0 + blocks;
                int b2 = b1 + blocks;
                int b3 = b2 + blocks;
                int c0 = b0 * BLOCK;
                var sum0 = FloatVector.broadcast(Lanes.FLOATS, biases[b0]).reinterpretAsShorts();
                int c1 = b1 * BLOCK;
                var sum1 = FloatVector.broadcast(Lanes.FLOATS, biases[b1]).reinterpretAsShorts();
                int c2 = b2 * BLOCK;
                var sum2 = FloatVector.broadcast(Lanes.FLOATS, biases[b2]).reinterpretAsShorts();
                int c3 = b3 * BLOCK;
                var sum3 = FloatVector.broadcast(Lanes.FLOATS, biases[b3]).reinterpretAsShorts();
                for (int quad = 0; quad < QUADS; quad++) {
                    var codes = IntVector.fromMemorySegment(Lanes.INTS, panels, block + (long) quad * QUAD_BYTES,
                            Layouts.ORDER);
                    var code0 = codes.and(NIBBLES).reinterpretAsShorts();
                    sum0 = sum0.add(code0.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c0]).reinterpretAsShorts()));
                    sum1 = sum1.add(code0.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c1]).reinterpretAsShorts()));
                    sum2 = sum2.add(code0.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c2]).reinterpretAsShorts()));
                    sum3 = sum3.add(code0.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c3]).reinterpretAsShorts()));
                    var code1 = codes.lanewise(VectorOperators.LSHR, 4).and(NIBBLES).reinterpretAsShorts();
                    sum0 = sum0
                            .add(code1.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c0 + 1]).reinterpretAsShorts()));
                    sum1 = sum1
                            .add(code1.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c1 + 1]).reinterpretAsShorts()));
                    sum2 = sum2
                            .add(code1.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c2 + 1]).reinterpretAsShorts()));
                    sum3 = sum3
                            .add(code1.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c3 + 1]).reinterpretAsShorts()));
                    var code2 = codes.lanewise(VectorOperators.LSHR, 8).and(NIBBLES).reinterpretAsShorts();
                    sum0 = sum0
                            .add(code2.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c0 + 2]).reinterpretAsShorts()));
                    sum1 = sum1
                            .add(code2.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c1 + 2]).reinterpretAsShorts()));
                    sum2 = sum2
                            .add(code2.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c2 + 2]).reinterpretAsShorts()));
                    sum3 = sum3
                            .add(code2.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c3 + 2]).reinterpretAsShorts()));
                    var code3 = codes.lanewise(VectorOperators.LSHR, 12).and(NIBBLES).reinterpretAsShorts();
                    sum0 = sum0
                            .add(code3.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c0 + 3]).reinterpretAsShorts()));
                    sum1 = sum1
                            .add(code3.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c1 + 3]).reinterpretAsShorts()));
                    sum2 = sum2
                            .add(code3.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c2 + 3]).reinterpretAsShorts()));
                    sum3 = sum3
                            .add(code3.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c3 + 3]).reinterpretAsShorts()));
                    c0 += 4;
                    c1 += 4;
                    c2 += 4;
                    c3 += 4;
                }
                sum0.reinterpretAsFloats().intoArray(sums, at);
                sum1.reinterpretAsFloats().intoArray(sums, at + HALF);
                sum2.reinterpretAsFloats().intoArray(sums, at + 2 * HALF);
                sum3.reinterpretAsFloats().intoArray(sums, at + 3 * HALF);
            }
        }
    }

    /** As {@link #sumFour}, for eight. */
    private static void sumEight(MemorySegment panels, long offset, int blocks, int fromBlock, int toBlock,
            ActivationCodes x,
            int token, float[] sums, int sumsOffset) {
        float[] pairs = x.pairs();
        float[] biases = x.biases();
        for (int lane = 0; lane < HALF; lane += Lanes.COUNT) {
            int at = sumsOffset + lane;
            for (int b = fromBlock; b < toBlock; b++, at += 8 * HALF) {
                long block = offset + (long) b * BLOCK_BYTES + (long) lane * Integer.BYTES;
                int b0 = token * blocks + b;
                int b1 = b0 + blocks;
                int b2 = b1 + blocks;
                int b3 = b2 + blocks;
                int b4 = b3 + blocks;
                int b5 = b4 + blocks;
                int b6 = b5 + blocks;
                int b7 = b6 + blocks;
                int c0 = b0 * BLOCK;
                var sum0 = FloatVector.broadcast(Lanes.FLOATS, biases[b0]).reinterpretAsShorts();
                int c1 = b1 * BLOCK;
                var sum1 = FloatVector.broadcast(Lanes.FLOATS, biases[b1]).reinterpretAsShorts();
                int c2 = b2 * BLOCK;
                var sum2 = FloatVector.broadcast(Lanes.FLOATS, biases[b2]).reinterpretAsShorts();
                int c3 = b3 * BLOCK;
                var sum3 = FloatVector.broadcast(Lanes.FLOATS, biases[b3]).reinterpretAsShorts();
                int c4 = b4 * BLOCK;
                var sum4 = FloatVector.broadcast(Lanes.FLOATS, biases[b4]).reinterpretAsShorts();
                int c5 = b5 * BLOCK;
                var sum5 = FloatVector.broadcast(Lanes.FLOATS, biases[b5]).reinterpretAsShorts();
                int c6 = b6 * BLOCK;
                var sum6 = FloatVector.broadcast(Lanes.FLOATS, biases[b6]).reinterpretAsShorts();
                int c7 = b7 * BLOCK;
                var sum7 = FloatVector.broadcast(Lanes.FLOATS, biases[b7]).reinterpretAsShorts();
                for (int quad = 0; quad < QUADS; quad++) {
                    var codes = IntVector.fromMemorySegment(Lanes.INTS, panels, block + (long) quad * QUAD_BYTES,
                            Layouts.ORDER);
                    var code0 = codes.and(NIBBLES).reinterpretAsShorts();
                    sum0 = sum0.add(code0.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c0]).reinterpretAsShorts()));
                    sum1 = sum1.add(code0.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c1]).reinterpretAsShorts()));
                    sum2 = sum2.add(code0.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c2]).reinterpretAsShorts()));
                    sum3 = sum3.add(code0.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c3]).reinterpretAsShorts()));
                    sum4 = sum4.add(code0.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c4]).reinterpretAsShorts()));
                    sum5 = sum5.add(code0.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c5]).reinterpretAsShorts()));
                    sum6 = sum6.add(code0.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c6]).reinterpretAsShorts()));
                    sum7 = sum7.add(code0.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c7]).reinterpretAsShorts()));
                    var code1 = codes.lanewise(VectorOperators.LSHR, 4).and(NIBBLES).reinterpretAsShorts();
                    sum0 = sum0
                            .add(code1.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c0 + 1]).reinterpretAsShorts()));
                    sum1 = sum1
                            .add(code1.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c1 + 1]).reinterpretAsShorts()));
                    sum2 = sum2
                            .add(code1.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c2 + 1]).reinterpretAsShorts()));
                    sum3 = sum3
                            .add(code1.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c3 + 1]).reinterpretAsShorts()));
                    sum4 = sum4
                            .add(code1.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c4 + 1]).reinterpretAsShorts()));
                    sum5 = sum5
                            .add(code1.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c5 + 1]).reinterpretAsShorts()));
                    sum6 = sum6
                            .add(code1.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c6 + 1]).reinterpretAsShorts()));
                    sum7 = sum7
                            .add(code1.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c7 + 1]).reinterpretAsShorts()));
                    var code2 = codes.lanewise(VectorOperators.LSHR, 8).and(NIBBLES).reinterpretAsShorts();
                    sum0 = sum0
                            .add(code2.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c0 + 2]).reinterpretAsShorts()));
                    sum1 = sum1
                            .add(code2.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c1 + 2]).reinterpretAsShorts()));
                    sum2 = sum2
                            .add(code2.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c2 + 2]).reinterpretAsShorts()));
                    sum3 = sum3
                            .add(code2.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c3 + 2]).reinterpretAsShorts()));
                    sum4 = sum4
                            .add(code2.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c4 + 2]).reinterpretAsShorts()));
                    sum5 = sum5
                            .add(code2.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c5 + 2]).reinterpretAsShorts()));
                    sum6 = sum6
                            .add(code2.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c6 + 2]).reinterpretAsShorts()));
                    sum7 = sum7
                            .add(code2.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c7 + 2]).reinterpretAsShorts()));
                    var code3 = codes.lanewise(VectorOperators.LSHR, 12).and(NIBBLES).reinterpretAsShorts();
                    sum0 = sum0
                            .add(code3.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c0 + 3]).reinterpretAsShorts()));
                    sum1 = sum1
                            .add(code3.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c1 + 3]).reinterpretAsShorts()));
                    sum2 = sum2
                            .add(code3.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c2 + 3]).reinterpretAsShorts()));
                    sum3 = sum3
                            .add(code3.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c3 + 3]).reinterpretAsShorts()));
                    sum4 = sum4
                            .add(code3.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c4 + 3]).reinterpretAsShorts()));
                    sum5 = sum5
                            .add(code3.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c5 + 3]).reinterpretAsShorts()));
                    sum6 = sum6
                            .add(code3.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c6 + 3]).reinterpretAsShorts()));
                    sum7 = sum7
                            .add(code3.mul(FloatVector.broadcast(Lanes.FLOATS, pairs[c7 + 3]).reinterpretAsShorts()));
                    c0 += 4;
                    c1 += 4;
                    c2 += 4;
                    c3 += 4;
                    c4 += 4;
                    c5 += 4;
                    c6 += 4;
                    c7 += 4;
                }
                sum0.reinterpretAsFloats().intoArray(sums, at);
                sum1.reinterpretAsFloats().intoArray(sums, at + HALF);
                sum2.reinterpretAsFloats().intoArray(sums, at + 2 * HALF);
                sum3.reinterpretAsFloats().intoArray(sums, at + 3 * HALF);
                sum4.reinterpretAsFloats().intoArray(sums, at + 4 * HALF);
                sum5.reinterpretAsFloats().intoArray(sums, at + 5 * HALF);
                sum6.reinterpretAsFloats().intoArray(sums, at + 6 * HALF);
                sum7.reinterpretAsFloats().intoArray(sums, at + 7 * HALF);
            }
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
