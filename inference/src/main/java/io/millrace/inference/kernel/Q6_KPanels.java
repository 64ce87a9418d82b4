package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link Q6_KRows} in panels. A group of 16 columns is three ints a row: five codes each, the first in the lowest six bits, and two bits of the last code, as signed
 * numbers from -32 to 31; each int of the first half of the rows, then of the second. The scales of 256 columns are half-precision factors, in pairs, then for each
 * two groups an int with two rows' scales.
 */
final class Q6_KPanels extends ValuePanels {
    private static final int SUPER_BLOCK = 256;
    private static final int ROW_BLOCK_BYTES = 210;
    private static final int GROUP = 16;
    private static final int GROUPS = SUPER_BLOCK / GROUP;
    private static final int CODE_BITS = 6;
    private static final int CODES_AN_INT = 5;
    private static final long EIGHT_CODES = 0x3f3f3f3f3f3f3f3fL;
    private static final long EIGHT_SIGNS = 0x2020202020202020L;
    private static final int INTS = 3;
    private static final int LAST_BITS = 3 << CODES_AN_INT * CODE_BITS;
    private static final int HALF_BYTES = HALF * Integer.BYTES;
    private static final int INT_BYTES = 2 * HALF_BYTES;
    private static final int GROUP_BYTES = INTS * INT_BYTES;
    private static final int SCALES_AT = ROWS * Short.BYTES;
    private static final int SCALE_BYTES = SCALES_AT + GROUPS / 2 * HALF_BYTES;

    @Override
    public long bytes(int columns) {
        return scaleBytes(columns) + (long) (columns / GROUP) * GROUP_BYTES;
    }

    /** Scales stand before a panel's codes: memory is then read in one direction. */
    private static long scaleBytes(int columns) {
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
                packCodes(data, block, i, panel, group);
            }
        }
    }

    private static void packCodes(MemorySegment data, long block, int from, MemorySegment panel, long group) {
        long first = signedCodes(data, block, from);
        long second = signedCodes(data, block, from + Long.BYTES);
        int last = (int) (second >>> 7 * CODE_BITS);
        panel.set(Layouts.INT, group, (int) first & ~LAST_BITS | last << 30);
        panel.set(Layouts.INT, group + INT_BYTES,
                (int) (first >>> 5 * CODE_BITS | second << 3 * CODE_BITS) & ~LAST_BITS | last >>> 2 << 30);
        panel.set(Layouts.INT, group + 2 * INT_BYTES,
                (int) (second >>> 2 * CODE_BITS) & ~LAST_BITS | last >>> 4 << 30);
    }

    /** Eight codes of 6 bits, the first in the lowest bits, from -32 to 31. */
    private static long signedCodes(MemorySegment data, long block, int from) {
        // to take 32 off is to turn the sign's bit over
        return Long.compress(Q6_KRows.codes(data, block, from) ^ EIGHT_SIGNS, EIGHT_CODES);
    }

    private static void packScales(MemorySegment data, long block, MemorySegment panel, long scales, int lane) {
        panel.set(Layouts.SHORT, scales + HalfPairs.place(lane), data.get(Layouts.SHORT, block + Q6_KRows.FACTOR));
        for (int group = 0; group < GROUPS; group++) {
            long at = scales + SCALES_AT + (long) group / 2 * HALF_BYTES + (long) lane % HALF * Integer.BYTES
                    + lane / HALF + group % 2 * 2L;
            panel.set(ValueLayout.JAVA_BYTE, at, (byte) Fields.signedByte(data, block + Q6_KRows.SCALES + group));
        }
    }

    @Override
    void unpack(MemorySegment panels, long offset, int columns, int from, int to, float[] out) {
        for (int c = from; c < to; c += GROUP) {
            long codes = offset + scaleBytes(columns) + (long) c / GROUP * GROUP_BYTES;
            long factors = offset + (long) c / SUPER_BLOCK * SCALE_BYTES;
            unpackGroup(panels, factors, codes, c % SUPER_BLOCK / GROUP, out, (c - from) * ROWS);
        }
    }

    private static void unpackGroup(MemorySegment panels, long factors, long codes, int group, float[] out,
            int outAt) {
        int shift = group % 2 * 16;
        for (int lane = 0; lane < HALF; lane += Lanes.COUNT) {
            long inLanes = (long) lane * Integer.BYTES;
            var pairs = IntVector.fromMemorySegment(Lanes.INTS, panels, factors + inLanes, Layouts.ORDER);
            var scales = IntVector.fromMemorySegment(Lanes.INTS, panels,
                    factors + SCALES_AT + (long) group / 2 * HALF_BYTES + inLanes, Layouts.ORDER);
            var scale0 = HalfPairs.lower(pairs).mul((FloatVector) scales.lanewise(VectorOperators.LSHL, 24 - shift)
                    .lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0));
            var scale1 = HalfPairs.upper(pairs).mul((FloatVector) scales.lanewise(VectorOperators.LSHL, 16 - shift)
                    .lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0));
            long at = codes + inLanes;
            int o = outAt + lane;
            var last0 = IntVector.zero(Lanes.INTS);
            var last1 = last0;
            for (int k = 0; k < INTS; k++, at += INT_BYTES, o += CODES_AN_INT * ROWS) {
                var lower = IntVector.fromMemorySegment(Lanes.INTS, panels, at, Layouts.ORDER);
                var upper = IntVector.fromMemorySegment(Lanes.INTS, panels, at + HALF_BYTES, Layouts.ORDER);
                ((FloatVector) lower.lanewise(VectorOperators.LSHL, 26).lanewise(VectorOperators.ASHR, 26)
                        .convert(VectorOperators.I2F, 0)).mul(scale0).intoArray(out, o);
                ((FloatVector) upper.lanewise(VectorOperators.LSHL, 26).lanewise(VectorOperators.ASHR, 26)
                        .convert(VectorOperators.I2F, 0)).mul(scale1).intoArray(out, o + HALF);
                ((FloatVector) lower.lanewise(VectorOperators.LSHL, 20).lanewise(VectorOperators.ASHR, 26)
                        .convert(VectorOperators.I2F, 0)).mul(scale0).intoArray(out, o + ROWS);
                ((FloatVector) upper.lanewise(VectorOperators.LSHL, 20).lanewise(VectorOperators.ASHR, 26)
                        .convert(VectorOperators.I2F, 0)).mul(scale1).intoArray(out, o + ROWS + HALF);
                ((FloatVector) lower.lanewise(VectorOperators.LSHL, 14).lanewise(VectorOperators.ASHR, 26)
                        .convert(VectorOperators.I2F, 0)).mul(scale0).intoArray(out, o + 2 * ROWS);
                ((FloatVector) upper.lanewise(VectorOperators.LSHL, 14).lanewise(VectorOperators.ASHR, 26)
                        .convert(VectorOperators.I2F, 0)).mul(scale1).intoArray(out, o + 2 * ROWS + HALF);
                ((FloatVector) lower.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 26)
                        .convert(VectorOperators.I2F, 0)).mul(scale0).intoArray(out, o + 3 * ROWS);
                ((FloatVector) upper.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 26)
                        .convert(VectorOperators.I2F, 0)).mul(scale1).intoArray(out, o + 3 * ROWS + HALF);
                ((FloatVector) lower.lanewise(VectorOperators.LSHL, 2).lanewise(VectorOperators.ASHR, 26)
                        .convert(VectorOperators.I2F, 0)).mul(scale0).intoArray(out, o + 4 * ROWS);
                ((FloatVector) upper.lanewise(VectorOperators.LSHL, 2).lanewise(VectorOperators.ASHR, 26)
                        .convert(VectorOperators.I2F, 0)).mul(scale1).intoArray(out, o + 4 * ROWS + HALF);
                last0 = last0.lanewise(VectorOperators.LSHR, 2).or(lower.and(LAST_BITS));
                last1 = last1.lanewise(VectorOperators.LSHR, 2).or(upper.and(LAST_BITS));
            }
            ((FloatVector) last0.lanewise(VectorOperators.ASHR, 26).convert(VectorOperators.I2F, 0)).mul(scale0)
                    .intoArray(out, o);
            ((FloatVector) last1.lanewise(VectorOperators.ASHR, 26).convert(VectorOperators.I2F, 0)).mul(scale1)
                    .intoArray(out, o + HALF);
        }
    }

    @Override
    void multiplyPair(MemorySegment panels, long offset, long secondOffset, int columns, float[] x, int xAt,
            float[] y, int yAt) {
        long codes = scaleBytes(columns);
        for (int lane = 0; lane < HALF; lane += Lanes.COUNT) {
            long inLanes = (long) lane * Integer.BYTES;
            var sum0 = FloatVector.zero(Lanes.FLOATS);
            var sum1 = sum0;
            var sum2 = sum0;
            var sum3 = sum0;
            for (int c = 0; c < columns; c += GROUP) {
                int group = c % SUPER_BLOCK / GROUP;
                int shift = group % 2 * 16;
                long factors = (long) c / SUPER_BLOCK * SCALE_BYTES + inLanes;
                long scales = factors + SCALES_AT + (long) group / 2 * HALF_BYTES;
                var scales0 = IntVector.fromMemorySegment(Lanes.INTS, panels, offset + scales, Layouts.ORDER);
                var scales1 = IntVector.fromMemorySegment(Lanes.INTS, panels, secondOffset + scales, Layouts.ORDER);
                var pairs0 = IntVector.fromMemorySegment(Lanes.INTS, panels, offset + factors, Layouts.ORDER);
                var pairs1 = IntVector.fromMemorySegment(Lanes.INTS, panels, secondOffset + factors, Layouts.ORDER);
                var scale0 = HalfPairs.lower(pairs0).mul((FloatVector) scales0
                        .lanewise(VectorOperators.LSHL, 24 - shift).lanewise(VectorOperators.ASHR, 24)
                        .convert(VectorOperators.I2F, 0));
                var scale1 = HalfPairs.upper(pairs0).mul((FloatVector) scales0
                        .lanewise(VectorOperators.LSHL, 16 - shift).lanewise(VectorOperators.ASHR, 24)
                        .convert(VectorOperators.I2F, 0));
                var scale2 = HalfPairs.lower(pairs1).mul((FloatVector) scales1
                        .lanewise(VectorOperators.LSHL, 24 - shift).lanewise(VectorOperators.ASHR, 24)
                        .convert(VectorOperators.I2F, 0));
                var scale3 = HalfPairs.upper(pairs1).mul((FloatVector) scales1
                        .lanewise(VectorOperators.LSHL, 16 - shift).lanewise(VectorOperators.ASHR, 24)
                        .convert(VectorOperators.I2F, 0));
                long at = codes + (long) c / GROUP * GROUP_BYTES + inLanes;
                int own = xAt + c;
                var last0 = IntVector.zero(Lanes.INTS);
                var last1 = last0;
                var last2 = last0;
                var last3 = last0;
                for (int k = 0; k < INTS; k++, at += INT_BYTES, own += CODES_AN_INT) {
                    var codes0 = IntVector.fromMemorySegment(Lanes.INTS, panels, offset + at, Layouts.ORDER);
                    var codes1 = IntVector.fromMemorySegment(Lanes.INTS, panels, offset + at + HALF_BYTES,
                            Layouts.ORDER);
                    var codes2 = IntVector.fromMemorySegment(Lanes.INTS, panels, secondOffset + at, Layouts.ORDER);
                    var codes3 = IntVector.fromMemorySegment(Lanes.INTS, panels, secondOffset + at + HALF_BYTES,
                            Layouts.ORDER);
                    var value0 = FloatVector.broadcast(Lanes.FLOATS, x[own]);
                    sum0 = ((FloatVector) codes0.lanewise(VectorOperators.LSHL, 26).lanewise(VectorOperators.ASHR, 26)
                            .convert(VectorOperators.I2F, 0)).mul(scale0).fma(value0, sum0);
                    sum1 = ((FloatVector) codes1.lanewise(VectorOperators.LSHL, 26).lanewise(VectorOperators.ASHR, 26)
                            .convert(VectorOperators.I2F, 0)).mul(scale1).fma(value0, sum1);
                    sum2 = ((FloatVector) codes2.lanewise(VectorOperators.LSHL, 26).lanewise(VectorOperators.ASHR, 26)
                            .convert(VectorOperators.I2F, 0)).mul(scale2).fma(value0, sum2);
                    sum3 = ((FloatVector) codes3.lanewise(VectorOperators.LSHL, 26).lanewise(VectorOperators.ASHR, 26)
                            .convert(VectorOperators.I2F, 0)).mul(scale3).fma(value0, sum3);
                    var value1 = FloatVector.broadcast(Lanes.FLOATS, x[own + 1]);
                    sum0 = ((FloatVector) codes0.lanewise(VectorOperators.LSHL, 20).lanewise(VectorOperators.ASHR, 26)
                            .convert(VectorOperators.I2F, 0)).mul(scale0).fma(value1, sum0);
                    sum1 = ((FloatVector) codes1.lanewise(VectorOperators.LSHL, 20).lanewise(VectorOperators.ASHR, 26)
                            .convert(VectorOperators.I2F, 0)).mul(scale1).fma(value1, sum1);
                    sum2 = ((FloatVector) codes2.lanewise(VectorOperators.LSHL, 20).lanewise(VectorOperators.ASHR, 26)
                            .convert(VectorOperators.I2F, 0)).mul(scale2).fma(value1, sum2);
                    sum3 = ((FloatVector) codes3.lanewise(VectorOperators.LSHL, 20).lanewise(VectorOperators.ASHR, 26)
                            .convert(VectorOperators.I2F, 0)).mul(scale3).fma(value1, sum3);
                    var value2 = FloatVector.broadcast(Lanes.FLOATS, x[own + 2]);
                    sum0 = ((FloatVector) codes0.lanewise(VectorOperators.LSHL, 14).lanewise(VectorOperators.ASHR, 26)
                            .convert(VectorOperators.I2F, 0)).mul(scale0).fma(value2, sum0);
                    sum1 = ((FloatVector) codes1.lanewise(VectorOperators.LSHL, 14).lanewise(VectorOperators.ASHR, 26)
                            .convert(VectorOperators.I2F, 0)).mul(scale1).fma(value2, sum1);
                    sum2 = ((FloatVector) codes2.lanewise(VectorOperators.LSHL, 14).lanewise(VectorOperators.ASHR, 26)
                            .convert(VectorOperators.I2F, 0)).mul(scale2).fma(value2, sum2);
                    sum3 = ((FloatVector) codes3.lanewise(VectorOperators.LSHL, 14).lanewise(VectorOperators.ASHR, 26)
                            .convert(VectorOperators.I2F, 0)).mul(scale3).fma(value2, sum3);
                    var value3 = FloatVector.broadcast(Lanes.FLOATS, x[own + 3]);
                    sum0 = ((FloatVector) codes0.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 26)
                            .convert(VectorOperators.I2F, 0)).mul(scale0).fma(value3, sum0);
                    sum1 = ((FloatVector) codes1.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 26)
                            .convert(VectorOperators.I2F, 0)).mul(scale1).fma(value3, sum1);
                    sum2 = ((FloatVector) codes2.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 26)
                            .convert(VectorOperators.I2F, 0)).mul(scale2).fma(value3, sum2);
                    sum3 = ((FloatVector) codes3.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 26)
                            .convert(VectorOperators.I2F, 0)).mul(scale3).fma(value3, sum3);
                    var value4 = FloatVector.broadcast(Lanes.FLOATS, x[own + 4]);
                    sum0 = ((FloatVector) codes0.lanewise(VectorOperators.LSHL, 2).lanewise(VectorOperators.ASHR, 26)
                            .convert(VectorOperators.I2F, 0)).mul(scale0).fma(value4, sum0);
                    sum1 = ((FloatVector) codes1.lanewise(VectorOperators.LSHL, 2).lanewise(VectorOperators.ASHR, 26)
                            .convert(VectorOperators.I2F, 0)).mul(scale1).fma(value4, sum1);
                    sum2 = ((FloatVector) codes2.lanewise(VectorOperators.LSHL, 2).lanewise(VectorOperators.ASHR, 26)
                            .convert(VectorOperators.I2F, 0)).mul(scale2).fma(value4, sum2);
                    sum3 = ((FloatVector) codes3.lanewise(VectorOperators.LSHL, 2).lanewise(VectorOperators.ASHR, 26)
                            .convert(VectorOperators.I2F, 0)).mul(scale3).fma(value4, sum3);
                    last0 = last0.lanewise(VectorOperators.LSHR, 2).or(codes0.and(LAST_BITS));
                    last1 = last1.lanewise(VectorOperators.LSHR, 2).or(codes1.and(LAST_BITS));
                    last2 = last2.lanewise(VectorOperators.LSHR, 2).or(codes2.and(LAST_BITS));
                    last3 = last3.lanewise(VectorOperators.LSHR, 2).or(codes3.and(LAST_BITS));
                }
                var value = FloatVector.broadcast(Lanes.FLOATS, x[own]);
                sum0 = ((FloatVector) last0.lanewise(VectorOperators.ASHR, 26).convert(VectorOperators.I2F, 0))
                        .mul(scale0).fma(value, sum0);
                sum1 = ((FloatVector) last1.lanewise(VectorOperators.ASHR, 26).convert(VectorOperators.I2F, 0))
                        .mul(scale1).fma(value, sum1);
                sum2 = ((FloatVector) last2.lanewise(VectorOperators.ASHR, 26).convert(VectorOperators.I2F, 0))
                        .mul(scale2).fma(value, sum2);
                sum3 = ((FloatVector) last3.lanewise(VectorOperators.ASHR, 26).convert(VectorOperators.I2F, 0))
                        .mul(scale3).fma(value, sum3);
            }
            sum0.intoArray(y, yAt + lane);
            sum1.intoArray(y, yAt + HALF + lane);
            sum2.intoArray(y, yAt + ROWS + lane);
            sum3.intoArray(y, yAt + ROWS + HALF + lane);
        }
    }
}
