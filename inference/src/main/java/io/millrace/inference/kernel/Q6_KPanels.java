package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * {@link Q6_KRows} in panels, multiplied with activations rounded to 8 bits.
 *
 * <p>Eight columns are three times 64 bytes, each one short a row; row {@code r} and row {@code r + 16} are the two halves of an int. With the codes {@code c0} to {@code c7},
 * 0 to 63, the shorts are, from their lowest bits, {@code c0, c1} and the lower four bits of {@code c6}; {@code c2, c3} and those of {@code c7}; {@code c4, c5} and the upper two bits of
 * {@code c6} and of {@code c7}. The scales of 256 columns are half-precision factors, in pairs, then for each 32 columns an int with the scales of two rows.
 *
 * <p>In scalar code, 256 columns add to a row's product
 *
 * <pre>{@code
 * float inner = 0;
 * for (int b = 0; b < 8; b++) {
 *     int sum = 0; // at most 32 * 32 * 127 * 128, which single precision holds
 *     for (int c = 32 * b; c < 32 * b + 32; c++) {
 *         sum += (code[c] - 32) * scale[c / 16] * activation.code[c];
 *     }
 *     inner = fma(sum, activation.scale[b], inner);
 * }
 * product = fma(inner, factor, product);
 * }</pre>
 *
 * where {@link Q6_KTiles} sum up each eight columns in 16 bits.
 */
final class Q6_KPanels implements PanelFormat {
    static final int SUPER_BLOCK = 256;
    static final int BLOCK = Activations.BLOCK;
    static final int EIGHT = 8;
    static final int HALF = ROWS / 2;
    /** What stands for 0. */
    static final int BIAS = 32;
    static final int WORD_BYTES = ROWS * Short.BYTES;
    static final int EIGHT_BYTES = 3 * WORD_BYTES;
    static final int SCALES_AT = ROWS * Short.BYTES;
    static final int BLOCK_SCALE_BYTES = HALF * Integer.BYTES;
    static final int SCALE_BYTES = SCALES_AT + SUPER_BLOCK / BLOCK * BLOCK_SCALE_BYTES;
    private static final int ROW_BLOCK_BYTES = 210;
    private static final int GROUP = 16;
    private static final long EIGHT_CODES = 0x3f3f3f3f3f3f3f3fL;

    @Override
    public long bytes(int columns) {
        return scaleBytes(columns) + (long) (columns / EIGHT) * EIGHT_BYTES;
    }

    /** Scales stand before a panel's codes: memory is then read in one direction. */
    static long scaleBytes(int columns) {
        return (long) (columns / SUPER_BLOCK) * SCALE_BYTES;
    }

    @Override
    public void pack(Matrix matrix, int row, MemorySegment panel, int lane) {
        MemorySegment data = matrix.data();
        long block = row * matrix.rowBytes();
        long codes = scaleBytes(matrix.columns()) + HalfPairs.place(lane);
        for (int b = 0; b < matrix.columns() / SUPER_BLOCK; b++, block += ROW_BLOCK_BYTES) {
            packScales(data, block, panel, (long) b * SCALE_BYTES, lane);
            for (int i = 0; i < SUPER_BLOCK; i += EIGHT, codes += EIGHT_BYTES) {
                packCodes(Long.compress(Q6_KRows.codes(data, block, i), EIGHT_CODES), panel, codes);
            }
        }
    }

    /** @param eight codes of six bits, the first in the lowest */
    private static void packCodes(long eight, MemorySegment panel, long at) {
        int first = (int) eight & 0xfff;
        int second = (int) (eight >>> 12) & 0xfff;
        int third = (int) (eight >>> 24) & 0xfff;
        int last = (int) (eight >>> 36);
        panel.set(Layouts.SHORT, at, (short) (first | (last & 0xf) << 12));
        panel.set(Layouts.SHORT, at + WORD_BYTES, (short) (second | (last >> 6 & 0xf) << 12));
        panel.set(Layouts.SHORT, at + 2 * WORD_BYTES, (short) (third | (last >> 4 & 3) << 12 | (last >> 10) << 14));
    }

    private static void packScales(MemorySegment data, long block, MemorySegment panel, long scales, int lane) {
        panel.set(Layouts.SHORT, scales + HalfPairs.place(lane), data.get(Layouts.SHORT, block + Q6_KRows.FACTOR));
        for (int group = 0; group < SUPER_BLOCK / GROUP; group++) {
            long at = scales + SCALES_AT + (long) group / 2 * BLOCK_SCALE_BYTES + (long) lane % HALF * Integer.BYTES
                    + lane / HALF + group % 2 * 2L;
            panel.set(ValueLayout.JAVA_BYTE, at, (byte) Fields.signedByte(data, block + Q6_KRows.SCALES + group));
        }
    }

    /** Floats that {@link #multiply} wants. */
    static int scratch(int columns) {
        return Q6_KTiles.scratch(columns);
    }

    @Override
    public void multiply(MemorySegment panels, long offset, long panelBytes, int count, int columns, Activations x,
            int fromToken, int toToken, float[] y, int yAt, int yStride, float[] scratch) {
        Q6_KTiles.prepareSingles(x.codes(), fromToken, toToken, columns, scratch);
        for (int panel = 0; panel < count; panel++) {
            Q6_KTiles.multiply(panels, offset + panel * panelBytes, columns, x.codes(), fromToken, toToken, y,
                    yAt + panel * ROWS, yStride, scratch);
        }
    }
}
