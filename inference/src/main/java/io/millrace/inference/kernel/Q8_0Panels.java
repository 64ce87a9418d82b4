package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link Q8_0Rows} in panels. Of a block's 32 columns each four are 16 ints, of the first half of the rows, then 16 of the second; the first column is an
 * int's lowest byte. Half-precision scales stand in pairs.
 */
final class Q8_0Panels extends ValuePanels {
    private static final int BLOCK = 32;
    private static final int ROW_BLOCK_BYTES = 34;
    private static final int CODES = 2;
    private static final int QUADS = BLOCK / 4;
    private static final int HALF_BYTES = HALF * Integer.BYTES;
    private static final int QUAD_BYTES = 2 * HALF_BYTES;
    private static final int BLOCK_BYTES = QUADS * QUAD_BYTES;
    private static final int SCALE_BYTES = ROWS * Short.BYTES;

    @Override
    public long bytes(int columns) {
        return scaleBytes(columns) + (long) (columns / BLOCK) * BLOCK_BYTES;
    }

    /** Scales stand before a panel's codes: memory is then read in one direction. */
    private static long scaleBytes(int columns) {
        return (long) (columns / BLOCK) * SCALE_BYTES;
    }

    @Override
    public void pack(Matrix matrix, int row, MemorySegment panel, int lane) {
        MemorySegment data = matrix.data();
        long block = row * matrix.rowBytes();
        long codes = scaleBytes(matrix.columns()) + (long) lane / HALF * HALF_BYTES
                + (long) lane % HALF * Integer.BYTES;
        long scale = HalfPairs.place(lane);
        for (int b = 0; b < matrix.columns() / BLOCK; b++, block += ROW_BLOCK_BYTES, scale += SCALE_BYTES) {
            panel.set(Layouts.SHORT, scale, data.get(Layouts.SHORT, block));
            for (int quad = 0; quad < QUADS; quad++, codes += QUAD_BYTES) {
                panel.set(Layouts.INT, codes, data.get(Layouts.INT, block + CODES + (long) quad * Integer.BYTES));
            }
        }
    }

    @Override
    void unpack(MemorySegment panels, long offset, int columns, int from, int to, float[] out) {
        long codes = offset + scaleBytes(columns) + (long) from / BLOCK * BLOCK_BYTES;
        long scales = offset + (long) from / BLOCK * SCALE_BYTES;
        for (int lane = 0; lane < HALF; lane += Lanes.COUNT) {
            long inLanes = (long) lane * Integer.BYTES;
            for (int block = 0; block < (to - from) / BLOCK; block++) {
                var pairs = IntVector.fromMemorySegment(Lanes.INTS, panels,
                        scales + (long) block * SCALE_BYTES + inLanes, Layouts.ORDER);
                var lowerScale = HalfPairs.lower(pairs);
                var upperScale = HalfPairs.upper(pairs);
                long at = codes + (long) block * BLOCK_BYTES + inLanes;
                int o = block * BLOCK * ROWS + lane;
                for (int quad = 0; quad < QUADS; quad++, at += QUAD_BYTES, o += 4 * ROWS) {
                    var lower = IntVector.fromMemorySegment(Lanes.INTS, panels, at, Layouts.ORDER);
                    var upper = IntVector.fromMemorySegment(Lanes.INTS, panels, at + HALF_BYTES, Layouts.ORDER);
                    ((FloatVector) lower.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).mul(lowerScale).intoArray(out, o);
                    ((FloatVector) upper.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).mul(upperScale).intoArray(out, o + HALF);
                    ((FloatVector) lower.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).mul(lowerScale).intoArray(out, o + ROWS);
                    ((FloatVector) upper.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).mul(upperScale).intoArray(out, o + ROWS + HALF);
                    ((FloatVector) lower.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).mul(lowerScale).intoArray(out, o + 2 * ROWS);
                    ((FloatVector) upper.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).mul(upperScale).intoArray(out, o + 2 * ROWS + HALF);
                    ((FloatVector) lower.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0))
                            .mul(lowerScale).intoArray(out, o + 3 * ROWS);
                    ((FloatVector) upper.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0))
                            .mul(upperScale).intoArray(out, o + 3 * ROWS + HALF);
                }
            }
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
            for (int block = 0; block < columns / BLOCK; block++) {
                long scales = (long) block * SCALE_BYTES + inLanes;
                var first = IntVector.fromMemorySegment(Lanes.INTS, panels, offset + scales, Layouts.ORDER);
                var second = IntVector.fromMemorySegment(Lanes.INTS, panels, secondOffset + scales, Layouts.ORDER);
                var scale0 = HalfPairs.lower(first);
                var scale1 = HalfPairs.upper(first);
                var scale2 = HalfPairs.lower(second);
                var scale3 = HalfPairs.upper(second);
                long at = codes + (long) block * BLOCK_BYTES + inLanes;
                int c = xAt + block * BLOCK;
                for (int quad = 0; quad < QUADS; quad++, at += QUAD_BYTES, c += 4) {
                    var codes0 = IntVector.fromMemorySegment(Lanes.INTS, panels, offset + at, Layouts.ORDER);
                    var codes1 = IntVector.fromMemorySegment(Lanes.INTS, panels, offset + at + HALF_BYTES,
                            Layouts.ORDER);
                    var codes2 = IntVector.fromMemorySegment(Lanes.INTS, panels, secondOffset + at, Layouts.ORDER);
                    var codes3 = IntVector.fromMemorySegment(Lanes.INTS, panels, secondOffset + at + HALF_BYTES,
                            Layouts.ORDER);
                    var value0 = FloatVector.broadcast(Lanes.FLOATS, x[c]);
                    sum0 = ((FloatVector) codes0.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).mul(scale0)
                            .fma(value0, sum0);
                    sum1 = ((FloatVector) codes1.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).mul(scale1)
                            .fma(value0, sum1);
                    sum2 = ((FloatVector) codes2.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).mul(scale2)
                            .fma(value0, sum2);
                    sum3 = ((FloatVector) codes3.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).mul(scale3)
                            .fma(value0, sum3);
                    var value1 = FloatVector.broadcast(Lanes.FLOATS, x[c + 1]);
                    sum0 = ((FloatVector) codes0.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).mul(scale0)
                            .fma(value1, sum0);
                    sum1 = ((FloatVector) codes1.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).mul(scale1)
                            .fma(value1, sum1);
                    sum2 = ((FloatVector) codes2.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).mul(scale2)
                            .fma(value1, sum2);
                    sum3 = ((FloatVector) codes3.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).mul(scale3)
                            .fma(value1, sum3);
                    var value2 = FloatVector.broadcast(Lanes.FLOATS, x[c + 2]);
                    sum0 = ((FloatVector) codes0.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).mul(scale0)
                            .fma(value2, sum0);
                    sum1 = ((FloatVector) codes1.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).mul(scale1)
                            .fma(value2, sum1);
                    sum2 = ((FloatVector) codes2.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).mul(scale2)
                            .fma(value2, sum2);
                    sum3 = ((FloatVector) codes3.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).mul(scale3)
                            .fma(value2, sum3);
                    var value3 = FloatVector.broadcast(Lanes.FLOATS, x[c + 3]);
                    sum0 = ((FloatVector) codes0.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0))
                            .mul(scale0)
                            .fma(value3, sum0);
                    sum1 = ((FloatVector) codes1.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0))
                            .mul(scale1)
                            .fma(value3, sum1);
                    sum2 = ((FloatVector) codes2.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0))
                            .mul(scale2)
                            .fma(value3, sum2);
                    sum3 = ((FloatVector) codes3.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0))
                            .mul(scale3)
                            .fma(value3, sum3);
                }
            }
            sum0.intoArray(y, yAt + lane);
            sum1.intoArray(y, yAt + HALF + lane);
            sum2.intoArray(y, yAt + ROWS + lane);
            sum3.intoArray(y, yAt + ROWS + HALF + lane);
        }
    }
}
