package io.millrace.ingest;

import io.millrace.schemas.ErrorCode;
import io.millrace.schemas.InvalidPromptException;
import java.nio.charset.StandardCharsets;

/** How large a result becomes as a record, at most: one that its topic does not take would end the worker. */
final class RecordSize {
    /** Of the 1 MiB that brokers and producers take unless configured otherwise. */
    static final int MOST = 900_000;
    /** A token's id and a comma. */
    static final int OF_NUMBER = 8;
    private static final int OF_ESCAPED_BYTE = 6;
    private static final int OF_QUOTES = 3;

    private RecordSize() {}

    /** Of a short text of so many bytes, whatever they are. */
    static long ofText(int bytes) {
        return OF_QUOTES + (long) OF_ESCAPED_BYTE * bytes;
    }

    static long ofText(String text) {
        long escapes = text.chars().filter(c -> c < ' ' || c == '"' || c == '\\').count();
        return text.getBytes(StandardCharsets.UTF_8).length + escapes * OF_ESCAPED_BYTE;
    }

    /**
     * Makes sure that it is not too large.
     *
     * @throws InvalidPromptException if it is
     */
    static void require(long size) {
        if (size > MOST) {
            throw new InvalidPromptException(ErrorCode.PROMPT_TOO_LARGE,
                    "the result would be larger than the " + MOST
                            + " bytes that a record may have; send less at a time");
        }
    }
}
