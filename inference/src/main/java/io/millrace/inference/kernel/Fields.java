package io.millrace.inference.kernel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The numbers in a quantised block, all little-endian, at any byte offset. */
final class Fields {
    private Fields() {}

    static float half(MemorySegment data, long offset) {
        return Float.float16ToFloat(data.get(Layouts.SHORT, offset));
    }

    static int signedByte(MemorySegment data, long offset) {
        return data.get(ValueLayout.JAVA_BYTE, offset);
    }

    static int unsignedByte(MemorySegment data, long offset) {
        return data.get(ValueLayout.JAVA_BYTE, offset) & 0xff;
    }

    static int unsignedShort(MemorySegment data, long offset) {
        return data.get(Layouts.SHORT, offset) & 0xffff;
    }

    static int int32(MemorySegment data, long offset) {
        return data.get(Layouts.INT, offset);
    }

    /** Four bits of the byte at {@code offset}: the lower ones, or the upper ones. */
    static int nibble(MemorySegment data, long offset, boolean upper) {
        return upper ? unsignedByte(data, offset) >> 4 : unsignedByte(data, offset) & 15;
    }
}
