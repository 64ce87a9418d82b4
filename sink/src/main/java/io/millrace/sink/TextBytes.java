package io.millrace.sink;

/** What a string takes of the heap. */
final class TextBytes {
    /** The string, and its array's header. */
    private static final int EMPTY_BYTES = 40;
    private static final int ONE_BYTE_CHARACTERS = 0x100;

    private TextBytes() {}

    static long of(String text) {
        boolean compact = text.chars().allMatch(character -> character < ONE_BYTE_CHARACTERS);
        return EMPTY_BYTES + (long) text.length() * (compact ? Byte.BYTES : Character.BYTES);
    }
}
