package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Products of {@link Q6_KPanels}: sums of 16 bits, of eight columns each, which are at most 8 * 32 * 127.
 *
 * <p>One token's 32 is taken off all codes at once, by the first value of their sum, modulo 2^16. What is in the registers of a loop is written out, because helpers that keep vectors in arrays or
 * fields would put them on the heap, and loops are kept short: of what a loop loads, the JIT loads all at first, and what finds no register goes to the stack.
 */
final class Q6_KTiles {
    private static final int BLOCK = Q6_KPanels.BLOCK;
    private static final int BLOCKS = Q6_KPanels.SUPER_BLOCK / BLOCK;
    private static final int EIGHT = Q6_KPanels.EIGHT;
    private static final int EIGHTS = Q6_KPanels.SUPER_BLOCK / EIGHT;
    private static final int ROWS = PanelFormat.ROWS;
    private static final int HALF = Q6_KPanels.HALF;
    private static final int WORD_BYTES = Q6_KPanels.WORD_BYTES;
    private static final int EIGHT_BYTES = Q6_KPanels.EIGHT_BYTES;
    private static final int SIX_BITS = 0x003f003f;
    private static final int FOUR_BITS = 0x000f000f;
    private static final int UPPER_BITS = 0x00300030;

    private static final int TOGETHER = 4;
    private static final int FACTORS_AT = TOGETHER * EIGHTS * HALF;

    private Q6_KTiles() {}

    /** Floats that {@link #multiply} wants: some tokens' sums of 256 columns, a panel's factors, and the biases of those tokens that are left over. */
    static int scratch(int columns) {
        return biasesAt(columns) + (TOGETHER - 1) * (columns / EIGHT);
    }

    /** Behind a panel's factors. */
    private static int biasesAt(int columns) {
        return FACTORS_AT + columns / Q6_KPanels.SUPER_BLOCK * ROWS;
    }

    /** To be called once for all panels, before {@link #multiply}, with the same scratch. */
    static void prepareSingles(ActivationCodes x, int fromToken, int toToken, int columns, float[] scratch) {
        float[] codes = x.pairs();
        int at = biasesAt(columns);
        for (int c = (toToken - (toToken - fromToken) % TOGETHER) * columns; c < toToken * columns; c += EIGHT, at++) {
            int sum = 0;
            for (int i = c; i < c + EIGHT; i++) {
                sum += ActivationCodes.code(codes[i]);
            }
            scratch[at] = ActivationCodes.pair(-Q6_KPanels.BIAS * sum);
        }
    }

    /** A panel's products with the tokens {@code fromToken <= t < toToken}. */
    static void multiply(MemorySegment panels, long offset, int columns, ActivationCodes x, int fromToken, int toToken,
            float[] y, int yAt, int yStride, float[] scratch) {
        for (int i = 0; i < columns / Q6_KPanels.SUPER_BLOCK; i++) {
            HalfPairs.read(panels, offset + (long) i * Q6_KPanels.SCALE_BYTES, ROWS, scratch, FACTORS_AT + i * ROWS);
        }
        int t = fromToken;
        for (; t + TOGETHER <= toToken; t += TOGETHER) {
            four(panels, offset, columns, x, t, y, yAt + t * yStride, yStride, scratch);
        }
        for (int biasesAt = biasesAt(columns); t < toToken; t++, biasesAt += columns / EIGHT) {
            one(panels, offset, columns, x, t, scratch, biasesAt, y, yAt + t * yStride);
        }
    }

    private static void one(MemorySegment panels, long offset, int columns, ActivationCodes activations, int token,
            float[] scratch, int biasesAt, float[] y, int yAt) {
        float[] x = activations.pairs();
        float[] scales = activations.scales();
        for (int lane = 0; lane < HALF; lane += Lanes.COUNT) {
            long superBlock = offset + (long) lane * Integer.BYTES;
            long codes = superBlock + Q6_KPanels.scaleBytes(columns);
            int c = token * columns;
            int bias = biasesAt;
            int factor = FACTORS_AT + lane;
            int s = token * columns / BLOCK;
            var lower = FloatVector.zero(Lanes.FLOATS);
            var upper = lower;
            for (int superColumn = 0; superColumn < columns; superColumn += Q6_KPanels.SUPER_BLOCK, superBlock += Q6_KPanels.SCALE_BYTES) {
                var innerLower = FloatVector.zero(Lanes.FLOATS);
                var innerUpper = innerLower;
                long scaleCodes = superBlock + Q6_KPanels.SCALES_AT;
                for (int b = 0; b < BLOCKS; b++, scaleCodes += Q6_KPanels.BLOCK_SCALE_BYTES, s++) {
                    var scaleCode = IntVector.fromMemorySegment(Lanes.INTS, panels, scaleCodes, Layouts.ORDER);
                    var totalLower = IntVector.zero(Lanes.INTS);
                    var totalUpper = totalLower;
                    for (int group = 0; group < 2; group++) {
                        var sumLower = IntVector.zero(Lanes.INTS);
                        var sumUpper = sumLower;
                        for (int eight = 0; eight < 2; eight++, c += EIGHT, bias++, codes += EIGHT_BYTES) {
                            var first = IntVector.fromMemorySegment(Lanes.INTS, panels, codes, Layouts.ORDER);
                            var second = IntVector.fromMemorySegment(Lanes.INTS, panels, codes + WORD_BYTES,
                                    Layouts.ORDER);
                            var third = IntVector.fromMemorySegment(Lanes.INTS, panels, codes + 2 * WORD_BYTES,
                                    Layouts.ORDER);
                            var even = FloatVector.broadcast(Lanes.FLOATS, scratch[bias]).reinterpretAsShorts();
                            even = even.add(first.and(SIX_BITS).reinterpretAsShorts()
                                    .mul(FloatVector.broadcast(Lanes.FLOATS, x[c]).reinterpretAsShorts()));
                            var odd = first.lanewise(VectorOperators.LSHR, 6).and(SIX_BITS).reinterpretAsShorts()
                                    .mul(FloatVector.broadcast(Lanes.FLOATS, x[c + 1]).reinterpretAsShorts());
                            even = even.add(second.and(SIX_BITS).reinterpretAsShorts()
                                    .mul(FloatVector.broadcast(Lanes.FLOATS, x[c + 2]).reinterpretAsShorts()));
                            odd = odd.add(second.lanewise(VectorOperators.LSHR, 6).and(SIX_BITS).reinterpretAsShorts()
                                    .mul(FloatVector.broadcast(Lanes.FLOATS, x[c + 3]).reinterpretAsShorts()));
                            even = even.add(third.and(SIX_BITS).reinterpretAsShorts()
                                    .mul(FloatVector.broadcast(Lanes.FLOATS, x[c + 4]).reinterpretAsShorts()));
                            odd = odd.add(third.lanewise(VectorOperators.LSHR, 6).and(SIX_BITS).reinterpretAsShorts()
                                    .mul(FloatVector.broadcast(Lanes.FLOATS, x[c + 5]).reinterpretAsShorts()));
                            even = even.add(first.lanewise(VectorOperators.LSHR, 12).and(FOUR_BITS)
                                    .or(third.lanewise(VectorOperators.LSHR, 8).and(UPPER_BITS)).reinterpretAsShorts()
                                    .mul(FloatVector.broadcast(Lanes.FLOATS, x[c + 6]).reinterpretAsShorts()));
                            odd = odd.add(second.lanewise(VectorOperators.LSHR, 12).and(FOUR_BITS)
                                    .or(third.lanewise(VectorOperators.LSHR, 10).and(UPPER_BITS)).reinterpretAsShorts()
                                    .mul(FloatVector.broadcast(Lanes.FLOATS, x[c + 7]).reinterpretAsShorts()));
                            var sum = even.add(odd).reinterpretAsInts();
                            sumLower = sumLower
                                    .add(sum.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16));
                            sumUpper = sumUpper.add(sum.lanewise(VectorOperators.ASHR, 16));
                        }
                        totalLower = totalLower.add(sumLower
                                .mul(scaleCode.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 24)));
                        totalUpper = totalUpper.add(sumUpper
                                .mul(scaleCode.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 24)));
                        scaleCode = scaleCode.lanewise(VectorOperators.LSHR, 16);
                    }
                    var scale = FloatVector.broadcast(Lanes.FLOATS, scales[s]);
                    innerLower = ((FloatVector) totalLower.convert(VectorOperators.I2F, 0)).fma(scale, innerLower);
                    innerUpper = ((FloatVector) totalUpper.convert(VectorOperators.I2F, 0)).fma(scale, innerUpper);
                }
                lower = FloatVector.fromArray(Lanes.FLOATS, scratch, factor).fma(innerLower, lower);
                upper = FloatVector.fromArray(Lanes.FLOATS, scratch, factor + HALF).fma(innerUpper, upper);
                factor += ROWS;
            }
            lower.intoArray(y, yAt + lane);
            upper.intoArray(y, yAt + HALF + lane);
        }
    }

    /** Four tokens: 256 columns' sums, which stay in the first cache, and then what they add to the products. */
    private static void four(MemorySegment panels, long offset, int columns, ActivationCodes x, int token, float[] y,
            int yAt, int yStride, float[] scratch) {
        for (int t = 0; t < TOGETHER; t++) {
            Arrays.fill(y, yAt + t * yStride, yAt + t * yStride + ROWS, 0);
        }
        long codes = offset + Q6_KPanels.scaleBytes(columns);
        long superBlock = offset;
        for (int c = 0; c < columns; c += Q6_KPanels.SUPER_BLOCK, superBlock += Q6_KPanels.SCALE_BYTES, codes += EIGHTS
                * EIGHT_BYTES) {
            sumFour(panels, codes, x.pairs(), token * columns + c, columns, scratch);
            for (int t = 0; t < TOGETHER; t++) {
                scale(panels, superBlock, scratch, t * HALF, FACTORS_AT + c / Q6_KPanels.SUPER_BLOCK * ROWS, x.scales(),
                        ((token + t) * columns + c) / BLOCK, y,
                        yAt + t * yStride);
            }
        }
    }

    /** Each code is taken out once. */
    private static void sumFour(MemorySegment panels, long offset, float[] x, int xAt, int xStride, float[] sums) {
        for (int lane = 0; lane < HALF; lane += Lanes.COUNT) {
            long codes = offset + (long) lane * Integer.BYTES;
            int at = lane;
            int c0 = xAt;
            int c1 = c0 + xStride;
            int c2 = c1 + xStride;
            int c3 = c2 + xStride;
            for (int eight = 0; eight < EIGHTS; eight++, codes += EIGHT_BYTES, at += TOGETHER * HALF) {
                var first = IntVector.fromMemorySegment(Lanes.INTS, panels, codes, Layouts.ORDER);
                var second = IntVector.fromMemorySegment(Lanes.INTS, panels, codes + WORD_BYTES, Layouts.ORDER);
                var third = IntVector.fromMemorySegment(Lanes.INTS, panels, codes + 2 * WORD_BYTES, Layouts.ORDER);
                var code0 = first.and(SIX_BITS).reinterpretAsShorts().sub((short) Q6_KPanels.BIAS);
                var sum0 = code0.mul(FloatVector.broadcast(Lanes.FLOATS, x[c0]).reinterpretAsShorts());
                var sum1 = code0.mul(FloatVector.broadcast(Lanes.FLOATS, x[c1]).reinterpretAsShorts());
                var sum2 = code0.mul(FloatVector.broadcast(Lanes.FLOATS, x[c2]).reinterpretAsShorts());
                var sum3 = code0.mul(FloatVector.broadcast(Lanes.FLOATS, x[c3]).reinterpretAsShorts());
                var code1 = first.lanewise(VectorOperators.LSHR, 6).and(SIX_BITS).reinterpretAsShorts()
                        .sub((short) Q6_KPanels.BIAS);
                sum0 = sum0.add(code1.mul(FloatVector.broadcast(Lanes.FLOATS, x[c0 + 1]).reinterpretAsShorts()));
                sum1 = sum1.add(code1.mul(FloatVector.broadcast(Lanes.FLOATS, x[c1 + 1]).reinterpretAsShorts()));
                sum2 = sum2.add(code1.mul(FloatVector.broadcast(Lanes.FLOATS, x[c2 + 1]).reinterpretAsShorts()));
                sum3 = sum3.add(code1.mul(FloatVector.broadcast(Lanes.FLOATS, x[c3 + 1]).reinterpretAsShorts()));
                var code2 = second.and(SIX_BITS).reinterpretAsShorts().sub((short) Q6_KPanels.BIAS);
                sum0 = sum0.add(code2.mul(FloatVector.broadcast(Lanes.FLOATS, x[c0 + 2]).reinterpretAsShorts()));
                sum1 = sum1.add(code2.mul(FloatVector.broadcast(Lanes.FLOATS, x[c1 + 2]).reinterpretAsShorts()));
                sum2 = sum2.add(code2.mul(FloatVector.broadcast(Lanes.FLOATS, x[c2 + 2]).reinterpretAsShorts()));
                sum3 = sum3.add(code2.mul(FloatVector.broadcast(Lanes.FLOATS, x[c3 + 2]).reinterpretAsShorts()));
                var code3 = second.lanewise(VectorOperators.LSHR, 6).and(SIX_BITS).reinterpretAsShorts()
                        .sub((short) Q6_KPanels.BIAS);
                sum0 = sum0.add(code3.mul(FloatVector.broadcast(Lanes.FLOATS, x[c0 + 3]).reinterpretAsShorts()));
                sum1 = sum1.add(code3.mul(FloatVector.broadcast(Lanes.FLOATS, x[c1 + 3]).reinterpretAsShorts()));
                sum2 = sum2.add(code3.mul(FloatVector.broadcast(Lanes.FLOATS, x[c2 + 3]).reinterpretAsShorts()));
                sum3 = sum3.add(code3.mul(FloatVector.broadcast(Lanes.FLOATS, x[c3 + 3]).reinterpretAsShorts()));
                var code4 = third.and(SIX_BITS).reinterpretAsShorts().sub((short) Q6_KPanels.BIAS);
                sum0 = sum0.add(code4.mul(FloatVector.broadcast(Lanes.FLOATS, x[c0 + 4]).reinterpretAsShorts()));
                sum1 = sum1.add(code4.mul(FloatVector.broadcast(Lanes.FLOATS, x[c1 + 4]).reinterpretAsShorts()));
                sum2 = sum2.add(code4.mul(FloatVector.broadcast(Lanes.FLOATS, x[c2 + 4]).reinterpretAsShorts()));
                sum3 = sum3.add(code4.mul(FloatVector.broadcast(Lanes.FLOATS, x[c3 + 4]).reinterpretAsShorts()));
                var code5 = third.lanewise(VectorOperators.LSHR, 6).and(SIX_BITS).reinterpretAsShorts()
                        .sub((short) Q6_KPanels.BIAS);
                sum0 = sum0.add(code5.mul(FloatVector.broadcast(Lanes.FLOATS, x[c0 + 5]).reinterpretAsShorts()));
                sum1 = sum1.add(code5.mul(FloatVector.broadcast(Lanes.FLOATS, x[c1 + 5]).reinterpretAsShorts()));
                sum2 = sum2.add(code5.mul(FloatVector.broadcast(Lanes.FLOATS, x[c2 + 5]).reinterpretAsShorts()));
                sum3 = sum3.add(code5.mul(FloatVector.broadcast(Lanes.FLOATS, x[c3 + 5]).reinterpretAsShorts()));
                var code6 = first.lanewise(VectorOperators.LSHR, 12).and(FOUR_BITS)
                        .or(third.lanewise(VectorOperators.LSHR, 8).and(UPPER_BITS)).reinterpretAsShorts()
                        .sub((short) Q6_KPanels.BIAS);
                sum0 = sum0.add(code6.mul(FloatVector.broadcast(Lanes.FLOATS, x[c0 + 6]).reinterpretAsShorts()));
                sum1 = sum1.add(code6.mul(FloatVector.broadcast(Lanes.FLOATS, x[c1 + 6]).reinterpretAsShorts()));
                sum2 = sum2.add(code6.mul(FloatVector.broadcast(Lanes.FLOATS, x[c2 + 6]).reinterpretAsShorts()));
                sum3 = sum3.add(code6.mul(FloatVector.broadcast(Lanes.FLOATS, x[c3 + 6]).reinterpretAsShorts()));
                var code7 = second.lanewise(VectorOperators.LSHR, 12).and(FOUR_BITS)
                        .or(third.lanewise(VectorOperators.LSHR, 10).and(UPPER_BITS)).reinterpretAsShorts()
                        .sub((short) Q6_KPanels.BIAS);
                sum0 = sum0.add(code7.mul(FloatVector.broadcast(Lanes.FLOATS, x[c0 + 7]).reinterpretAsShorts()));
                sum1 = sum1.add(code7.mul(FloatVector.broadcast(Lanes.FLOATS, x[c1 + 7]).reinterpretAsShorts()));
                sum2 = sum2.add(code7.mul(FloatVector.broadcast(Lanes.FLOATS, x[c2 + 7]).reinterpretAsShorts()));
                sum3 = sum3.add(code7.mul(FloatVector.broadcast(Lanes.FLOATS, x[c3 + 7]).reinterpretAsShorts()));
                sum0.reinterpretAsFloats().intoArray(sums, at);
                sum1.reinterpretAsFloats().intoArray(sums, at + 1 * HALF);
                sum2.reinterpretAsFloats().intoArray(sums, at + 2 * HALF);
                sum3.reinterpretAsFloats().intoArray(sums, at + 3 * HALF);
                c0 += EIGHT;
                c1 += EIGHT;
                c2 += EIGHT;
                c3 += EIGHT;
            }
        }
    }

    /** Adds one token's sums of 256 columns to its products, as {@link #one} does. */
    private static void scale(MemorySegment panels, long superBlock, float[] scratch, int sumsAt, int factors,
            float[] scales, int scalesAt, float[] y, int yAt) {
        for (int lane = 0; lane < HALF; lane += Lanes.COUNT) {
            long scaleCodes = superBlock + Q6_KPanels.SCALES_AT + (long) lane * Integer.BYTES;
            int at = sumsAt + lane;
            var innerLower = FloatVector.zero(Lanes.FLOATS);
            var innerUpper = innerLower;
            for (int b = 0; b < BLOCKS; b++, scaleCodes += Q6_KPanels.BLOCK_SCALE_BYTES, at += 4 * TOGETHER * HALF) {
                var scaleCode = IntVector.fromMemorySegment(Lanes.INTS, panels, scaleCodes, Layouts.ORDER);
                var sum0 = FloatVector.fromArray(Lanes.FLOATS, scratch, at).reinterpretAsInts();
                var sum1 = FloatVector.fromArray(Lanes.FLOATS, scratch, at + TOGETHER * HALF).reinterpretAsInts();
                var sum2 = FloatVector.fromArray(Lanes.FLOATS, scratch, at + 2 * TOGETHER * HALF).reinterpretAsInts();
                var sum3 = FloatVector.fromArray(Lanes.FLOATS, scratch, at + 3 * TOGETHER * HALF).reinterpretAsInts();
                var totalLower = sum0.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16)
                        .add(sum1.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16))
                        .mul(scaleCode.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 24));
                var totalUpper = sum0.lanewise(VectorOperators.ASHR, 16).add(sum1.lanewise(VectorOperators.ASHR, 16))
                        .mul(scaleCode.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 24));
                totalLower = totalLower.add(sum2.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16)
                        .add(sum3.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16))
                        .mul(scaleCode.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 24)));
                totalUpper = totalUpper
                        .add(sum2.lanewise(VectorOperators.ASHR, 16).add(sum3.lanewise(VectorOperators.ASHR, 16))
                                .mul(scaleCode.lanewise(VectorOperators.ASHR, 24)));
                var scale = FloatVector.broadcast(Lanes.FLOATS, scales[scalesAt + b]);
                innerLower = ((FloatVector) totalLower.convert(VectorOperators.I2F, 0)).fma(scale, innerLower);
                innerUpper = ((FloatVector) totalUpper.convert(VectorOperators.I2F, 0)).fma(scale, innerUpper);
            }
            FloatVector.fromArray(Lanes.FLOATS, scratch, factors + lane)
                    .fma(innerLower, FloatVector.fromArray(Lanes.FLOATS, y, yAt + lane)).intoArray(y, yAt + lane);
            FloatVector.fromArray(Lanes.FLOATS, scratch, factors + HALF + lane)
                    .fma(innerUpper, FloatVector.fromArray(Lanes.FLOATS, y, yAt + HALF + lane))
                    .intoArray(y, yAt + HALF + lane);
        }
    }
}
