package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link Q6_KRows} in panels. A group of 16 columns is, for each row, an int with the lower four bits of its first eight codes, one with those of the others, and
 * one with the upper two bits of all: each 16 ints of the first half of the rows, then 16 of the second. The scales of 256 columns are half-precision factors,
 * in pairs, then for each two groups an int with two rows' scales.
 */
final class Q6_KPanels extends ValuePanels {
    private static final int SUPER_BLOCK = 256;
    private static final int ROW_BLOCK_BYTES = 210;
    private static final int GROUP = 16;
    private static final int RUN = 8;
    private static final int GROUPS = SUPER_BLOCK / GROUP;
    private static final int BIAS = 32;
    private static final long NIBBLES = 0x0f0f0f0f0f0f0f0fL;
    private static final long LOWEST_PAIRS = 0x0303030303030303L;
    private static final int HALF_BYTES = HALF * Integer.BYTES;
    private static final int EIGHT_BYTES = 2 * HALF_BYTES;
    private static final int HIGH_AT = 2 * EIGHT_BYTES;
    private static final int GROUP_BYTES = 3 * EIGHT_BYTES;
    private static final int SCALES_AT = ROWS * Short.BYTES;
    private static final int SCALE_BYTES = SCALES_AT + GROUPS / 2 * HALF_BYTES;

    Q6_KPanels() {
        super(GROUP, RUN);
    }

    @Override
    public long bytes(int columns) {
        return scaleBytes(columns) + (long) (columns / GROUP) * GROUP_BYTES;
    }

    @Override
    long scaleBytes(int columns) {
        return (long) (columns / SUPER_BLOCK) * SCALE_BYTES;
    }

    @Override
    public void pack(Matrix matrix, int row, MemorySegment panel, int lane) {
        MemorySegment data = matrix.data();
        long block = row * matrix.rowBytes();
        long group = scaleBytes(matrix.columns()) + (long) lane / HALF * HALF_BYTES
                + (long) lane % HALF * Integer.BYTES;
        for (int b = 0; b < matrix.columns() / SUPER_BLOCK; b++, block += ROW_BLOCK_BYTES) {
            packScales(data, block, panel, (long) b * SCALE_BYTES, lane);
            for (int i = 0; i < SUPER_BLOCK; i += GROUP, group += GROUP_BYTES) {
                panel.set(Lanes.INT, group, lowBits(data, block, i));
                panel.set(Lanes.INT, group + EIGHT_BYTES, lowBits(data, block, i + 8));
                panel.set(Lanes.INT, group + HIGH_AT,
                        highBits(data, block, i) | highBits(data, block, i + 8) << Short.SIZE);
            }
        }
    }

    /** The lower four bits of the eight codes from an index on. */
    private static int lowBits(MemorySegment data, long block, int i) {
        long bytes = data.get(Lanes.LONG, Q6_KRows.lowByte(block, i));
        return (int) Long.compress(Q6_KRows.isUpperNibble(i) ? bytes >>> 4 : bytes, NIBBLES);
    }

    /** The upper two bits of the eight codes from an index on. */
    private static int highBits(MemorySegment data, long block, int i) {
        long bytes = data.get(Lanes.LONG, Q6_KRows.highByte(block, i));
        return (int) Long.compress(bytes >>> Q6_KRows.highShift(i), LOWEST_PAIRS);
    }

    private static void packScales(MemorySegment data, long block, MemorySegment panel, long scales, int lane) {
        panel.set(Lanes.SHORT, scales + HalfPairs.place(lane), data.get(Lanes.SHORT, block + Q6_KRows.FACTOR));
        for (int group = 0; group < GROUPS; group++) {
            long at = scales + SCALES_AT + (long) group / 2 * HALF_BYTES + (long) lane % HALF * Integer.BYTES
                    + lane / HALF + group % 2 * 2L;
            panel.set(ValueLayout.JAVA_BYTE, at, (byte) Fields.signedByte(data, block + Q6_KRows.SCALES + group));
        }
    }

    @Override
    void readScales(MemorySegment panels, long offset, int columns, float[] out) {
        long superBlock = offset;
        for (int i = 0; i < columns / GROUP * ROWS; i += GROUPS * ROWS, superBlock += SCALE_BYTES) {
            for (int lane = 0; lane < HALF; lane += Lanes.COUNT) {
                long at = superBlock + (long) lane * Integer.BYTES;
                var factors = IntVector.fromMemorySegment(Lanes.INTS, panels, at, Lanes.ORDER);
                var lower = HalfPairs.lower(factors);
                var upper = HalfPairs.upper(factors);
                at += SCALES_AT;
                for (int s = i + lane; s < i + GROUPS * ROWS; s += 2 * ROWS, at += HALF_BYTES) {
                    var codes = IntVector.fromMemorySegment(Lanes.INTS, panels, at, Lanes.ORDER);
                    ((FloatVector) codes.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).mul(lower).intoArray(out, s);
                    ((FloatVector) codes.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).mul(upper).intoArray(out, s + HALF);
                    ((FloatVector) codes.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).mul(lower).intoArray(out, s + ROWS);
                    ((FloatVector) codes.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0)).mul(upper)
                            .intoArray(out, s + ROWS + HALF);
                }
            }
        }
    }

    @Override
    void readCodes(MemorySegment panels, long codes, int index, float[] out, int outOffset) {
        long group = codes + (long) index * GROUP_BYTES;
        for (int half = 0; half < ROWS; half += HALF, group += HALF_BYTES) {
            for (int lane = 0; lane < HALF; lane += Lanes.COUNT) {
                long at = group + (long) lane * Integer.BYTES;
                var high = IntVector.fromMemorySegment(Lanes.INTS, panels, at + HIGH_AT, Lanes.ORDER);
                int o = outOffset + half + lane;
                for (int eight = 0; eight < 2; eight++, at += EIGHT_BYTES, o += 8 * ROWS) {
                    var low = IntVector.fromMemorySegment(Lanes.INTS, panels, at, Lanes.ORDER);
                    ((FloatVector) low.and(15).or(high.lanewise(VectorOperators.LSHL, 4).and(48)).sub(BIAS)
                            .convert(VectorOperators.I2F, 0)).intoArray(out, o);
                    ((FloatVector) low.lanewise(VectorOperators.LSHR, 4).and(15)
                            .or(high.lanewise(VectorOperators.LSHL, 2).and(48)).sub(BIAS)
                            .convert(VectorOperators.I2F, 0)).intoArray(out, o + ROWS);
                    ((FloatVector) low.lanewise(VectorOperators.LSHR, 8).and(15).or(high.and(48)).sub(BIAS)
                            .convert(VectorOperators.I2F, 0)).intoArray(out, o + 2 * ROWS);
                    ((FloatVector) low.lanewise(VectorOperators.LSHR, 12).and(15)
                            .or(high.lanewise(VectorOperators.LSHR, 2).and(48)).sub(BIAS)
                            .convert(VectorOperators.I2F, 0)).intoArray(out, o + 3 * ROWS);
                    ((FloatVector) low.lanewise(VectorOperators.LSHR, 16).and(15)
                            .or(high.lanewise(VectorOperators.LSHR, 4).and(48)).sub(BIAS)
                            .convert(VectorOperators.I2F, 0)).intoArray(out, o + 4 * ROWS);
                    ((FloatVector) low.lanewise(VectorOperators.LSHR, 20).and(15)
                            .or(high.lanewise(VectorOperators.LSHR, 6).and(48)).sub(BIAS)
                            .convert(VectorOperators.I2F, 0)).intoArray(out, o + 5 * ROWS);
                    ((FloatVector) low.lanewise(VectorOperators.LSHR, 24).and(15)
                            .or(high.lanewise(VectorOperators.LSHR, 8).and(48)).sub(BIAS)
                            .convert(VectorOperators.I2F, 0)).intoArray(out, o + 6 * ROWS);
                    ((FloatVector) low.lanewise(VectorOperators.LSHR, 28)
                            .or(high.lanewise(VectorOperators.LSHR, 10).and(48)).sub(BIAS)
                            .convert(VectorOperators.I2F, 0)).intoArray(out, o + 7 * ROWS);
                    high = high.lanewise(VectorOperators.LSHR, Short.SIZE);
                }
            }
        }
    }

    @Override
    void multiplyOne(MemorySegment panels, long codes, int columns, Activations x, int token, float[] y, int yAt,
            float[] scales) {
        float[] values = x.values();
        for (int lane = 0; lane < HALF; lane += Lanes.COUNT) {
            var lower = FloatVector.zero(Lanes.FLOATS);
            var upper = lower;
            int c = token * columns;
            long at = codes + (long) lane * Integer.BYTES;
            for (int s = lane; s < columns / GROUP * ROWS; s += ROWS, at += GROUP_BYTES, c += GROUP) {
                var lower0 = FloatVector.zero(Lanes.FLOATS);
                var upper0 = lower0;
                var lower1 = lower0;
                var upper1 = lower0;
                var lowerLow0 = IntVector.fromMemorySegment(Lanes.INTS, panels, at, Lanes.ORDER);
                var upperLow0 = IntVector.fromMemorySegment(Lanes.INTS, panels, at + HALF_BYTES, Lanes.ORDER);
                var lowerLow1 = IntVector.fromMemorySegment(Lanes.INTS, panels, at + EIGHT_BYTES, Lanes.ORDER);
                var upperLow1 = IntVector.fromMemorySegment(Lanes.INTS, panels, at + EIGHT_BYTES + HALF_BYTES,
                        Lanes.ORDER);
                var lowerHigh1 = IntVector.fromMemorySegment(Lanes.INTS, panels, at + HIGH_AT, Lanes.ORDER);
                var upperHigh1 = IntVector.fromMemorySegment(Lanes.INTS, panels, at + HIGH_AT + HALF_BYTES,
                        Lanes.ORDER);
                // shifted so that the upper two bits of the next code are always where they belong
                var lowerHigh0 = lowerHigh1.lanewise(VectorOperators.LSHL, 4);
                var upperHigh0 = upperHigh1.lanewise(VectorOperators.LSHL, 4);
                lowerHigh1 = lowerHigh1.lanewise(VectorOperators.LSHR, 12);
                upperHigh1 = upperHigh1.lanewise(VectorOperators.LSHR, 12);
                for (int i = 0; i < RUN; i++) {
                    var value0 = FloatVector.broadcast(Lanes.FLOATS, values[c + i]);
                    lower0 = ((FloatVector) lowerLow0.and(15).or(lowerHigh0.and(48)).sub(BIAS)
                            .convert(VectorOperators.I2F, 0)).fma(value0, lower0);
                    lowerLow0 = lowerLow0.lanewise(VectorOperators.LSHR, 4);
                    lowerHigh0 = lowerHigh0.lanewise(VectorOperators.LSHR, 2);
                    upper0 = ((FloatVector) upperLow0.and(15).or(upperHigh0.and(48)).sub(BIAS)
                            .convert(VectorOperators.I2F, 0)).fma(value0, upper0);
                    upperLow0 = upperLow0.lanewise(VectorOperators.LSHR, 4);
                    upperHigh0 = upperHigh0.lanewise(VectorOperators.LSHR, 2);
                    var value1 = FloatVector.broadcast(Lanes.FLOATS, values[c + i + RUN]);
                    lower1 = ((FloatVector) lowerLow1.and(15).or(lowerHigh1.and(48)).sub(BIAS)
                            .convert(VectorOperators.I2F, 0)).fma(value1, lower1);
                    lowerLow1 = lowerLow1.lanewise(VectorOperators.LSHR, 4);
                    lowerHigh1 = lowerHigh1.lanewise(VectorOperators.LSHR, 2);
                    upper1 = ((FloatVector) upperLow1.and(15).or(upperHigh1.and(48)).sub(BIAS)
                            .convert(VectorOperators.I2F, 0)).fma(value1, upper1);
                    upperLow1 = upperLow1.lanewise(VectorOperators.LSHR, 4);
                    upperHigh1 = upperHigh1.lanewise(VectorOperators.LSHR, 2);
                }
                var lowerScale = FloatVector.fromArray(Lanes.FLOATS, scales, s);
                var upperScale = FloatVector.fromArray(Lanes.FLOATS, scales, s + HALF);
                lower = lower1.fma(lowerScale, lower0.fma(lowerScale, lower));
                upper = upper1.fma(upperScale, upper0.fma(upperScale, upper));
            }
            lower.intoArray(y, yAt + lane);
            upper.intoArray(y, yAt + HALF + lane);
        }
    }
}
