package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link NibblePanels} times several tokens: a panel's sums of some blocks, for which each code is unpacked once. A block's sums are pairs of 16 bits, {@link NibblePanels#HALF} a
 * token, a token's after the other's, and then the next block's.
 */
final class NibbleTiles {
    private static final int HALF = NibblePanels.HALF;
    private static final int BLOCK = NibblePanels.BLOCK;
    private static final int BLOCK_BYTES = NibblePanels.BLOCK_BYTES;
    private static final int QUADS = NibblePanels.QUADS;
    private static final int QUAD_BYTES = NibblePanels.QUAD_BYTES;
    private static final int NIBBLES = NibblePanels.NIBBLES;

    private NibbleTiles() {}

    /** The sums of four tokens. */
    static void sumFour(MemorySegment panels, long offset, int blocks, int fromBlock, int toBlock,
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
                    var codes = IntVector.fromMemorySegment(Lanes.INTS, panels,
                            block + (long) quad * QUAD_BYTES,
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
                    var code3 = codes.lanewise(VectorOperators.LSHR, 12).and(NIBBLES)
                            .reinterpretAsShorts();
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

    /** The sums of eight tokens. */
    static void sumEight(MemorySegment panels, long offset, int blocks, int fromBlock, int toBlock,
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
                    var codes = IntVector.fromMemorySegment(Lanes.INTS, panels,
                            block + (long) quad * QUAD_BYTES,
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
                    var code3 = codes.lanewise(VectorOperators.LSHR, 12).and(NIBBLES)
                            .reinterpretAsShorts();
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
}
