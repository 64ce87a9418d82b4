package io.millrace.inference.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads a file's numbers and strings one after the other, and never past its end. */
final class Cursor {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final MemorySegment bytes;
    private final String source;
    private long position;

    Cursor(MemorySegment bytes, String source) {
        this.bytes = bytes;
        this.source = source;
    }

    long position() {
        return position;
    }

    long remaining() {
        return bytes.byteSize() - position;
    }

    MemorySegment bytes() {
        return bytes;
    }

    byte nextByte(String what) {
        return bytes.get(ValueLayout.JAVA_BYTE, advance(Byte.BYTES, what));
    }

    short nextShort(String what) {
        return bytes.get(SHORT, advance(Short.BYTES, what));
    }

    int nextInt(String what) {
        return bytes.get(INT, advance(Integer.BYTES, what));
    }

    long nextUnsignedInt(String what) {
        return Integer.toUnsignedLong(nextInt(what));
    }

    long nextLong(String what) {
        return bytes.get(LONG, advance(Long.BYTES, what));
    }

    float nextFloat(String what) {
        return Float.intBitsToFloat(nextInt(what));
    }

    double nextDouble(String what) {
        return Double.longBitsToDouble(nextLong(what));
    }

    boolean nextBoolean(String what) {
        byte value = nextByte(what);
        if (value != 0 && value != 1) {
            throw damaged(what + " should be 0 or 1, but is " + value);
        }
        return value == 1;
    }

    /** A string: its length in bytes as a 64-bit number, then UTF-8. */
    String nextString(String what) {
        int length = nextCount(Byte.BYTES, what);
        byte[] utf8 = bytes.asSlice(advance(length, what), length).toArray(ValueLayout.JAVA_BYTE);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    /**
     * A 64-bit number of things that follow. A number that the rest of the file cannot hold is refused before anything is
     * allocated for it.
     *
     * @param leastBytes what one of them takes at least
     */
    int nextCount(int leastBytes, String what) {
        long count = nextLong(what);
        if (count < 0 || count > remaining() / leastBytes || count > Integer.MAX_VALUE - Long.BYTES) {
            throw damaged(what + " claims " + Long.toUnsignedString(count) + " entries, more than the " + remaining()
                    + " bytes left in the file can hold");
        }
        return (int) count;
    }

    GgufException damaged(String problem) {
        return new GgufException(source + ": the file is damaged or cut short: " + problem + " (at byte " + position
                + " of " + bytes.byteSize() + "); download or copy it again");
    }

    GgufException refused(String problem) {
        return new GgufException(source + ": " + problem);
    }

    String source() {
        return source;
    }

    private long advance(long length, String what) {
        if (length > remaining()) {
            throw damaged("it ends in the middle of " + what);
        }
        long start = position;
        position += length;
        return start;
    }
}
