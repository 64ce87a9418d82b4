package io.millrace.inference.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * GPT-2's alphabet: each byte is written as one printable character, so that vocabularies can be text files. Printable
 * Latin-1 stands for itself, the rest is moved to U+0100 and up.
 */
final class ByteAlphabet {
    private static final int BYTES = 256;
    private static final char[] CHARACTERS = new char[BYTES];
    private static final int[] VALUES = new int[2 * BYTES];

    static {
        Arrays.fill(VALUES, -1);
        char moved = BYTES;
        for (int value = 0; value < BYTES; value++) {
            boolean printable = value > ' ' && value < 0x7F || value > 0xA0 && value != 0xAD;
            CHARACTERS[value] = printable ? (char) value : moved++;
            VALUES[CHARACTERS[value]] = value;
        }
    }

    private ByteAlphabet() {}

    /** @param value 0 to 255 */
    static char character(int value) {
        return CHARACTERS[value];
    }

    /** The UTF-8 bytes of a text, each written as its character. */
    static String write(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        char[] characters = new char[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            characters[i] = CHARACTERS[Byte.toUnsignedInt(bytes[i])];
        }
        return new String(characters);
    }

    /** The bytes that a token's text stands for; characters outside the alphabet stand for themselves. */
    static byte[] read(String written) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(written.length());
        written.codePoints().forEach(codePoint -> {
            int value = codePoint < VALUES.length ? VALUES[codePoint] : -1;
            if (value >= 0) {
                bytes.write(value);
            } else {
                bytes.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
            }
        });
        return bytes.toByteArray();
    }
}
