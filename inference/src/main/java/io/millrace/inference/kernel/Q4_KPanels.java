package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link Q4_KRows} in panels. The scales of 256 columns are the half-precision factors of scales and those of minima, in pairs, then for each 32 columns an int with two rows'
 * scales and minima, which take 6 bits in the file and a byte here.
 */
final class Q4_KPanels extends NibblePanels {
    private static final int SUPER_BLOCK = 256;
    private static final int SUPER_BLOCK_BYTES = 144;
    private static final int GROUPS = SUPER_BLOCK / BLOCK;
    private static final int MINIMUM_FACTOR = 2;
    private static final int CODES = 16;
    private static final int HALVES_BYTES = ROWS * Short.BYTES;
    private static final int GROUP_BYTES = HALF * Integer.BYTES;
    private static final int GROUPS_AT = 2 * HALVES_BYTES;
    private static final int SCALE_BYTES = GROUPS_AT + GROUPS * GROUP_BYTES;

    Q4_KPanels() {
        super(true);
    }

    @Override
    long scaleBytes(int columns) {
        return (long) (columns / SUPER_BLOCK) * SCALE_BYTES;
    }

    @Override
    void pack(Matrix matrix, int row, MemorySegment panel, long codes, int lane) {
        MemorySegment data = matrix.data();
        long block = row * matrix.rowBytes();
        for (int b = 0; b < matrix.columns() / SUPER_BLOCK; b++, block += SUPER_BLOCK_BYTES) {
            for (int group = 0; group < GROUPS; group += 2) {
                packPair(data, block + CODES + (long) group / 2 * BLOCK, panel, codes, b * GROUPS + group, lane);
            }
            packScales(data, block, panel, (long) b * SCALE_BYTES, lane);
        }
    }

    private static void packScales(MemorySegment data, long block, MemorySegment panel, long scales, int lane) {
        panel.set(Layouts.SHORT, scales + HalfPairs.place(lane), data.get(Layouts.SHORT, block));
        panel.set(Layouts.SHORT, scales + HALVES_BYTES + HalfPairs.place(lane),
                data.get(Layouts.SHORT, block + MINIMUM_FACTOR));
        for (int group = 0; group < GROUPS; group++) {
            long at = scales + GROUPS_AT + (long) group * GROUP_BYTES + (long) (lane % HALF) * Integer.BYTES
                    + lane / HALF;
            panel.set(ValueLayout.JAVA_BYTE, at, (byte) SixBitScales.scaleCode(data, block, group));
            panel.set(ValueLayout.JAVA_BYTE, at + 2, (byte) SixBitScales.minimumCode(data, block, group));
        }
    }

    @Override
    void readScales(MemorySegment panels, long offset, int columns, float[] out) {
        long superBlock = offset;
        for (int i = 0; i < columns; i += SUPER_BLOCK, superBlock += SCALE_BYTES) {
            for (int lane = 0; lane < HALF; lane += Lanes.COUNT) {
                long at = superBlock + (long) lane * Integer.BYTES;
                var factors = IntVector.fromMemorySegment(Lanes.INTS, panels, at, Layouts.ORDER);
                var minimumFactors = IntVector.fromMemorySegment(Lanes.INTS, panels, at + HALVES_BYTES, Layouts.ORDER);
                var lowerFactor = HalfPairs.lower(factors);
                var upperFactor = HalfPairs.upper(factors);
                var lowerMinimum = HalfPairs.lower(minimumFactors);
                var upperMinimum = HalfPairs.upper(minimumFactors);
                at += GROUPS_AT;
                for (int s = i + lane; s < i + SUPER_BLOCK; s += ROWS, at += GROUP_BYTES) {
                    var codes = IntVector.fromMemorySegment(Lanes.INTS, panels, at, Layouts.ORDER);
                    var lowerCodes = (FloatVector) codes.and(0xff).convert(VectorOperators.I2F, 0);
                    var upperCodes = (FloatVector) codes.lanewise(VectorOperators.LSHR, 8).and(0xff)
                            .convert(VectorOperators.I2F, 0);
                    var lower = lowerFactor.mul(lowerCodes);
                    var upper = upperFactor.mul(upperCodes);
                    lower.intoArray(out, s);
                    upper.intoArray(out, s + HALF);
                    var lowerMinima = (FloatVector) codes.lanewise(VectorOperators.LSHR, 16).and(0xff)
                            .convert(VectorOperators.I2F, 0);
                    var upperMinima = (FloatVector) codes.lanewise(VectorOperators.LSHR, 24)
                            .convert(VectorOperators.I2F, 0);
                    lower.mul(BIAS).sub(lowerMinimum.mul(lowerMinima)).intoArray(out, columns + s);
                    upper.mul(BIAS).sub(upperMinimum.mul(upperMinima)).intoArray(out, columns + s + HALF);
                }
            }
        }
    }
}
