package io.millrace.schemas;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Bytes that may be text. */
public final class Utf8 {
    private Utf8() {}

    /** The text that bytes, 0 to 255 each, are in UTF-8; null if they are none, or end inside a character. */
    public static String text(List<Integer> bytes) {
        var buffer = ByteBuffer.allocate(bytes.size());
        bytes.forEach(value -> buffer.put(value.byteValue()));
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(buffer.flip()).toString();
        } catch (CharacterCodingException _) {
            return null;
        }
    }
}
