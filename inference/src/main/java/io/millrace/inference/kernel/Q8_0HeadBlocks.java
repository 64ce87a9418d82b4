package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@link Q8_0Rows}: 32 numbers of a position share a scale. Values are rows as in files. Of keys, first come the scales, half-precision, those of the first 32 numbers of all
 * positions, then of the next 32; then the codes, the first four of all positions, then the next four, and so on.
 */
final class Q8_0HeadBlocks implements HeadBlocks {
    private static final TensorType TYPE = TensorType.Q8_0;
    private static final int GROUP = TYPE.blockSize();
    private static final int QUAD = Integer.BYTES;
    private static final int CODES = 2;

    private final RowFormat rows;
    private final boolean withVectors;

    /** @param withVectors whether keys are to be read with the Vector API */
    Q8_0HeadBlocks(RowFormat rows, boolean withVectors) {
        this.rows = rows;
        this.withVectors = withVectors;
    }

    @Override
    public long bytes(int headWidth) {
        return POSITIONS * TYPE.bytes(headWidth);
    }

    @Override
    public void writeKeys(float[] x, int at, int headWidth, MemorySegment data, long offset, int position) {
        long codes = offset + scaleBytes(headWidth);
        for (int i = 0; i < headWidth; i += GROUP) {
            float scale = Q8_0Rows.scale(x, at + i);
            data.set(Layouts.SHORT, offset + (long) (i / GROUP * POSITIONS + position) * Short.BYTES,
                    Float.floatToFloat16(scale));
            for (int j = i; j < i + GROUP; j++) {
                data.set(ValueLayout.JAVA_BYTE, codes + place(j, position), Q8_0Rows.code(x[at + j], scale));
            }
        }
    }

    /** Where a code is. */
    private static long place(int i, int position) {
        return (long) (i / QUAD * POSITIONS + position) * QUAD + i % QUAD;
    }

    private static long scaleBytes(int headWidth) {
        return (long) headWidth / GROUP * POSITIONS * Short.BYTES;
    }

    @Override
    public void writeValues(float[] x, int at, int headWidth, MemorySegment data, long offset, int position) {
        Q8_0Rows.write(x, at, headWidth, data, offset + position * TYPE.bytes(headWidth));
    }

    @Override
    public void readKeys(MemorySegment data, long offset, int headWidth, float[] out) {
        if (withVectors) {
            Vectors.readKeys(data, offset, offset + scaleBytes(headWidth), headWidth, out);
            return;
        }
        long codes = offset + scaleBytes(headWidth);
        for (int i = 0; i < headWidth; i++) {
            long scales = offset + (long) (i / GROUP) * POSITIONS * Short.BYTES;
            for (int p = 0; p < POSITIONS; p++) {
                out[i * POSITIONS + p] = Fields.half(data, scales + (long) p * Short.BYTES)
                        * Fields.signedByte(data, codes + place(i, p));
            }
        }
    }

    @Override
    public void readValues(MemorySegment data, long offset, int headWidth, float[] out, int stride) {
        if (withVectors) {
            Vectors.readValues(data, offset, headWidth, out, stride);
            return;
        }
        for (int p = 0; p < POSITIONS; p++) {
            rows.dequantize(data, offset + p * TYPE.bytes(headWidth), headWidth, out, p * stride);
        }
    }

    /** Apart, so that the plain loops can be used without the vector module. */
    private static final class Vectors {
        private Vectors() {}

        static void readKeys(MemorySegment data, long scales, long codes, int headWidth, float[] out) {
            for (int p = 0; p < POSITIONS; p += Lanes.COUNT) {
                for (int group = 0; group < headWidth; group += GROUP) {
                    var halves = ShortVector.fromMemorySegment(Lanes.SHORTS, data,
                            scales + (long) (group + p) * Short.BYTES, Layouts.ORDER);
                    var scale = HalfPairs.upper(((IntVector) halves.convertShape(VectorOperators.S2I, Lanes.INTS, 0))
                            .lanewise(VectorOperators.LSHL, Short.SIZE));
                    for (int i = group; i < group + GROUP; i += QUAD) {
                        var quads = IntVector.fromMemorySegment(Lanes.INTS, data,
                                codes + (long) i * POSITIONS + (long) p * QUAD,
                                Layouts.ORDER);
                        int o = i * POSITIONS + p;
                        ((FloatVector) quads.lanewise(VectorOperators.LSHL, 24).lanewise(VectorOperators.ASHR, 24)
                                .convert(VectorOperators.I2F, 0)).mul(scale).intoArray(out, o);
                        ((FloatVector) quads.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 24)
                                .convert(VectorOperators.I2F, 0)).mul(scale).intoArray(out, o + POSITIONS);
                        ((FloatVector) quads.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 24)
                                .convert(VectorOperators.I2F, 0)).mul(scale).intoArray(out, o + 2 * POSITIONS);
                        ((FloatVector) quads.lanewise(VectorOperators.ASHR, 24).convert(VectorOperators.I2F, 0))
                                .mul(scale).intoArray(out, o + 3 * POSITIONS);
                    }
                }
            }
        }

        /** As {@link VectorBlocks} does it, but in one loop: there, what is not inlined may leave vectors as objects. */
        static void readValues(MemorySegment data, long offset, int headWidth, float[] out, int stride) {
            long block = offset;
            for (int p = 0; p < POSITIONS; p++) {
                for (int i = p * stride; i < p * stride + headWidth; i += GROUP, block += TYPE.blockBytes()) {
                    float scale = Fields.half(data, block);
                    for (int j = 0; j < GROUP; j += Lanes.BYTES.length()) {
                        var codes = ByteVector.fromMemorySegment(Lanes.BYTES, data, block + CODES + j, Layouts.ORDER);
                        ((FloatVector) codes.convertShape(VectorOperators.B2F, Lanes.FLOATS, 0)).mul(scale)
                                .intoArray(out, i + j);
                        if (Lanes.BYTE_PARTS > 1) {
                            ((FloatVector) codes.convertShape(VectorOperators.B2F, Lanes.FLOATS, 1)).mul(scale)
                                    .intoArray(out, i + j + Lanes.COUNT);
                        }
                        if (Lanes.BYTE_PARTS > 2) {
                            ((FloatVector) codes.convertShape(VectorOperators.B2F, Lanes.FLOATS, 2)).mul(scale)
                                    .intoArray(out, i + j + 2 * Lanes.COUNT);
                            ((FloatVector) codes.convertShape(VectorOperators.B2F, Lanes.FLOATS, 3)).mul(scale)
                                    .intoArray(out, i + j + 3 * Lanes.COUNT);
                        }
                    }
                }
            }
        }
    }
}
