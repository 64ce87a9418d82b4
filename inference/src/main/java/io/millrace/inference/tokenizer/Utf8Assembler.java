package io.millrace.inference.tokenizer;

import java.nio.charset.StandardCharsets;

/**
 * Turns the bytes of one stream into whole characters as they come. All results, joined, are what
 * {@code new String(allBytes, UTF_8)} would give: what is not UTF-8 becomes U+FFFD.
 *
 * <p>Belongs to one stream; not safe for use by several threads at once.
 */
public final class Utf8Assembler {
    private static final int LONGEST_INCOMPLETE = 3;

    private final byte[] pending = new byte[LONGEST_INCOMPLETE];
    private int pendingLength;

    /** The characters that are complete with these bytes; empty if there are none. */
    public String append(byte[] bytes) {
        if (bytes.length == 0) {
            return "";
        }
        int length = pendingLength + bytes.length;
        int complete = length - incomplete(bytes, length);
        if (complete == 0) {
            System.arraycopy(bytes, 0, pending, pendingLength, bytes.length);
            pendingLength = length;
            return "";
        }
        byte[] all = bytes;
        if (pendingLength > 0) {
            all = new byte[length];
            System.arraycopy(pending, 0, all, 0, pendingLength);
            System.arraycopy(bytes, 0, all, pendingLength, bytes.length);
        }
        pendingLength = length - complete;
        System.arraycopy(all, complete, pending, 0, pendingLength);
        return new String(all, 0, complete, StandardCharsets.UTF_8);
    }

    /** Ends the stream: an incomplete character becomes U+FFFD. A new stream may follow. */
    public String finish() {
        String rest = pendingLength == 0 ? "" : new String(pending, 0, pendingLength, StandardCharsets.UTF_8);
        pendingLength = 0;
        return rest;
    }

    /** How many bytes at the end of the pending and the given ones are the beginning of a character. */
    private int incomplete(byte[] bytes, int length) {
        for (int back = 1; back <= Math.min(LONGEST_INCOMPLETE, length); back++) {
            int lead = byteAt(bytes, length - back);
            if ((lead & 0xC0) != 0x80) {
                boolean begins = characterLength(lead) > back
                        && (back == 1 || mayFollow(lead, byteAt(bytes, length - back + 1)));
                return begins ? back : 0;
            }
        }
        return 0;
    }

    private int byteAt(byte[] bytes, int index) {
        return Byte.toUnsignedInt(index < pendingLength ? pending[index] : bytes[index - pendingLength]);
    }

    private static int characterLength(int lead) {
        if (lead < 0xC2 || lead > 0xF4) {
            return 1;
        }
        return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    }

    /** Whether a second, continuation byte is right for a lead byte: else the two are never one character. */
    private static boolean mayFollow(int lead, int second) {
        return switch (lead) {
            case 0xE0 -> second >= 0xA0;
            case 0xF0 -> second >= 0x90;
            case 0xF4 -> second < 0x90;
            default -> true;
        };
    }
}
