package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.IntVector;

/** {@link Q4_0Rows} in panels: a block's half-precision scales stand in pairs, as its codes do. An offset is {@code -8 * scale}. */
final class Q4_0Panels extends NibblePanels {
    private static final int BLOCK_BYTES = 18;
    private static final int CODES = 2;
    private static final int LOWER_NIBBLES = 0x0f0f0f0f;
    private static final int SCALE_BYTES = ROWS * Short.BYTES;

    @Override
    long scaleBytes(int columns) {
        return (long) (columns / BLOCK) * SCALE_BYTES;
    }

    @Override
    void pack(Matrix matrix, int row, MemorySegment panel, long scales, int lane) {
        MemorySegment data = matrix.data();
        long block = row * matrix.rowBytes();
        var quads = new int[8];
        for (int b = 0; b < matrix.columns() / BLOCK; b++, block += BLOCK_BYTES) {
            for (int i = 0; i < 4; i++) {
                int bytes = Fields.int32(data, block + CODES + (long) i * Integer.BYTES);
                quads[i] = bytes & LOWER_NIBBLES;
                quads[4 + i] = bytes >>> 4 & LOWER_NIBBLES;
            }
            packCodes(quads, panel, b, lane);
            panel.set(Lanes.SHORT, scales + (long) b * SCALE_BYTES + place(lane), data.get(Lanes.SHORT, block));
        }
    }

    @Override
    void readScales(MemorySegment panels, long scales, int columns, float[] out) {
        for (int i = 0; i < columns; i += ROWS) {
            for (int lane = 0; lane < HALF; lane += Lanes.COUNT) {
                var pairs = IntVector.fromMemorySegment(Lanes.INTS, panels,
                        scales + (long) i * Short.BYTES + (long) lane * Integer.BYTES, Lanes.ORDER);
                HalfPairs.lower(pairs).intoArray(out, i + lane);
                HalfPairs.upper(pairs).intoArray(out, i + HALF + lane);
            }
        }
        Arrays.fill(out, columns, 2 * columns, 0);
    }
}
