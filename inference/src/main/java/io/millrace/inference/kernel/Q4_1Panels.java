package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;

/** {@link Q4_1Rows} in panels: a block's half-precision scales, then its minima, stand in pairs, as its codes do. */
final class Q4_1Panels extends NibblePanels {
    private static final int BLOCK_BYTES = 20;
    private static final int MINIMUM = 2;
    private static final int CODES = 4;
    private static final int HALVES_BYTES = ROWS * Short.BYTES;
    private static final int SCALE_BYTES = 2 * HALVES_BYTES;

    Q4_1Panels() {
        super(true);
    }

    @Override
    long scaleBytes(int columns) {
        return (long) (columns / BLOCK) * SCALE_BYTES;
    }

    @Override
    void pack(Matrix matrix, int row, MemorySegment panel, long codes, int lane) {
        MemorySegment data = matrix.data();
        long block = row * matrix.rowBytes();
        for (int b = 0; b < matrix.columns() / BLOCK; b++, block += BLOCK_BYTES) {
            packHalves(data, block + CODES, panel, codes, b, lane);
            long at = (long) b * SCALE_BYTES + HalfPairs.place(lane);
            panel.set(Layouts.SHORT, at, data.get(Layouts.SHORT, block));
            panel.set(Layouts.SHORT, at + HALVES_BYTES, data.get(Layouts.SHORT, block + MINIMUM));
        }
    }

    @Override
    void readScales(MemorySegment panels, long offset, int columns, float[] out) {
        long at = offset;
        for (int i = 0; i < columns; i += ROWS, at += SCALE_BYTES) {
            for (int lane = 0; lane < HALF; lane += Lanes.COUNT) {
                long inBlock = at + (long) lane * Integer.BYTES;
                var scales = IntVector.fromMemorySegment(Lanes.INTS, panels, inBlock, Layouts.ORDER);
                var minima = IntVector.fromMemorySegment(Lanes.INTS, panels, inBlock + HALVES_BYTES, Layouts.ORDER);
                var lower = HalfPairs.lower(scales);
                var upper = HalfPairs.upper(scales);
                lower.intoArray(out, i + lane);
                upper.intoArray(out, i + HALF + lane);
                lower.mul(BIAS).add(HalfPairs.lower(minima)).intoArray(out, columns + i + lane);
                upper.mul(BIAS).add(HalfPairs.upper(minima)).intoArray(out, columns + i + HALF + lane);
            }
        }
    }
}
