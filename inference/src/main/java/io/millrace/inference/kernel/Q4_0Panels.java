package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;

/** {@link Q4_0Rows} in panels: a block's half-precision scales stand in pairs, as its codes do. An offset is {@code -8 * scale}. */
final class Q4_0Panels extends NibblePanels {
    private static final int BLOCK_BYTES = 18;
    private static final int CODES = 2;
    private static final int SCALE_BYTES = ROWS * Short.BYTES;

    Q4_0Panels() {
        super(false);
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
            panel.set(Layouts.SHORT, (long) b * SCALE_BYTES + HalfPairs.place(lane), data.get(Layouts.SHORT, block));
        }
    }

    @Override
    void readScales(MemorySegment panels, long offset, int columns, float[] out) {
        HalfPairs.read(panels, offset, columns, out, 0);
    }
}
