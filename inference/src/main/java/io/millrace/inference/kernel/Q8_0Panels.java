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

    Q8_0Panels() {
        super(BLOCK, 4);
    }

    @Override
    public long bytes(int columns) {
        return (long) (columns / BLOCK) * (SCALE_BYTES + BLOCK_BYTES);
    }

    @Override
    long scaleBytes(int columns) {
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
            panel.set(Lanes.SHORT, scale, data.get(Lanes.SHORT, block));
            for (int quad = 0; quad < QUADS; quad++, codes += QUAD_BYTES) {
                panel.set(Lanes.INT, codes, data.get(Lanes.INT, block + CODES + (long) quad * Integer.BYTES));
            }
        }
    }

    @Override
    void readScales(MemorySegment panels, long offset, int columns, float[] out) {
        HalfPairs.read(panels, offset, columns, out);
    }

    @Override
    void readCodes(MemorySegment panels, long codes, int index, float[] out, int outOffset) {
        long at = codes + (long) index * BLOCK_BYTES;
        for (int half = 0; half < ROWS; half += HALF, at += HALF_BYTES) {
            for (int lane = 0; lane < HALF; lane += Lanes.COUNT) {
                long quad = at + (long) lane * Integer.BYTES;
                for (int o = outOffset + half + lane; o < outOffset + BLOCK * ROWS; o += 4 * ROWS, quad += QUAD_BYTES) {
                    var bytes = IntVector.fromMemorySegment(Lanes.INTS, panels, quad, Lanes.ORDER);
                    ((FloatVector) bytes.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).intoArray(out, o);
                    ((FloatVector) bytes.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).intoArray(out, o + ROWS);
                    ((FloatVector) bytes.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).intoArray(out, o + 2 * ROWS);
                    ((FloatVector) bytes.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0))
                            .intoArray(out, o + 3 * ROWS);
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
            for (int s = lane; s < columns; s += ROWS) {
                var lower0 = FloatVector.zero(Lanes.FLOATS);
                var upper0 = lower0;
                var lower1 = lower0;
                var upper1 = lower0;
                for (int quad = 0; quad < QUADS / 2; quad++, at += 2 * QUAD_BYTES, c += 8) {
                    var low0 = IntVector.fromMemorySegment(Lanes.INTS, panels, at, Lanes.ORDER);
                    var high0 = IntVector.fromMemorySegment(Lanes.INTS, panels, at + HALF_BYTES, Lanes.ORDER);
                    var value0 = FloatVector.broadcast(Lanes.FLOATS, values[c]);
                    lower0 = ((FloatVector) low0.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).fma(value0, lower0);
                    upper0 = ((FloatVector) high0.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).fma(value0, upper0);
                    value0 = FloatVector.broadcast(Lanes.FLOATS, values[c + 1]);
                    lower0 = ((FloatVector) low0.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).fma(value0, lower0);
                    upper0 = ((FloatVector) high0.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).fma(value0, upper0);
                    value0 = FloatVector.broadcast(Lanes.FLOATS, values[c + 2]);
                    lower0 = ((FloatVector) low0.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).fma(value0, lower0);
                    upper0 = ((FloatVector) high0.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).fma(value0, upper0);
                    value0 = FloatVector.broadcast(Lanes.FLOATS, values[c + 3]);
                    lower0 = ((FloatVector) low0.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0))
                            .fma(value0, lower0);
                    upper0 = ((FloatVector) high0.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0))
                            .fma(value0, upper0);
                    var low1 = IntVector.fromMemorySegment(Lanes.INTS, panels, at + QUAD_BYTES, Lanes.ORDER);
                    var high1 = IntVector.fromMemorySegment(Lanes.INTS, panels, at + QUAD_BYTES + HALF_BYTES,
                            Lanes.ORDER);
                    var value1 = FloatVector.broadcast(Lanes.FLOATS, values[c + 4]);
                    lower1 = ((FloatVector) low1.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).fma(value1, lower1);
                    upper1 = ((FloatVector) high1.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).fma(value1, upper1);
                    value1 = FloatVector.broadcast(Lanes.FLOATS, values[c + 5]);
                    lower1 = ((FloatVector) low1.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).fma(value1, lower1);
                    upper1 = ((FloatVector) high1.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).fma(value1, upper1);
                    value1 = FloatVector.broadcast(Lanes.FLOATS, values[c + 6]);
                    lower1 = ((FloatVector) low1.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).fma(value1, lower1);
                    upper1 = ((FloatVector) high1.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 24)
                            .convert(VectorOperators.I2F, 0)).fma(value1, upper1);
                    value1 = FloatVector.broadcast(Lanes.FLOATS, values[c + 7]);
                    lower1 = ((FloatVector) low1.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0))
                            .fma(value1, lower1);
                    upper1 = ((FloatVector) high1.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0))
                            .fma(value1, upper1);
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
