package io.millrace.inference.gguf;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Reads a file's numbers and strings one after the other, and never past its end. */
final class Cursor {
    /** Of a key, by the format's description; names of tensors are far shorter. */
    private static final int MOST_NAME_BYTES = (1 << 16) - 1;

    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final FileBytes bytes;
    private final String source;
    private long position;

    Cursor(FileBytes bytes, String source) {
        this.bytes = bytes;
        this.source = source;
    }

    long position() {
        return position;
    }

    long remaining() {
        return bytes.size() - position;
    }

    FileBytes bytes() {
        return bytes;
    }

    byte nextByte(String what) {
        return bytes.slice(advance(Byte.BYTES, what), Byte.BYTES).get(ValueLayout.JAVA_BYTE, 0);
    }

    short nextShort(String what) {
        return bytes.slice(advance(Short.BYTES, what), Short.BYTES).get(SHORT, 0);
    }

    int nextInt(String what) {
        return bytes.slice(advance(Integer.BYTES, what), Integer.BYTES).get(INT, 0);
    }

    long nextUnsignedInt(String what) {
        return Integer.toUnsignedLong(nextInt(what));
    }

    long nextLong(String what) {
        return bytes.slice(advance(Long.BYTES, what), Long.BYTES).get(LONG, 0);
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
        return nextString(nextCount(Byte.BYTES, what), what);
    }

    /** A string that names something, of no more bytes than the format allows. */
    String nextName(String what) {
        int length = nextCount(Byte.BYTES, what);
        if (length > MOST_NAME_BYTES) {
            throw damaged(what + " is " + length + " bytes long, more than the " + MOST_NAME_BYTES
                    + " that the format allows");
        }
        return nextString(length, what);
    }

    /** A string of so many bytes of UTF-8. */
    String nextString(int length, String what) {
        byte[] utf8 = bytes.slice(advance(length, what), length).toArray(ValueLayout.JAVA_BYTE);
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
                + " of " + bytes.size() + "); download or copy it again");
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
