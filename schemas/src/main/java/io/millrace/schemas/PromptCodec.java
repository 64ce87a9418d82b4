package io.millrace.schemas;

import java.util.Optional;

/**
 * Prompts as the values of records: JSON if the first character that is not blank is <code>{</code>, else plain text with
 * default settings. JSON keeps {@code schemas/prompt.schema.json}, and beyond what a schema can say: no name twice in
 * an object, nothing after the object, at most 64 levels, no half surrogate pairs, no number too large for a double.
 * Immutable; safe for any thread.
 */
public final class PromptCodec {
    /** 1 MiB, what a Kafka broker takes as one record unless configured otherwise. */
    public static final int DEFAULT_MAX_BYTES = 1 << 20;

    private final int maxBytes;

    /**
     * Accepts values up to a size.
     *
     * @param maxBytes the size of the largest value accepted, 1 or more
     */
    public PromptCodec(int maxBytes) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes must be 1 or more, not " + maxBytes);
        }
        this.maxBytes = maxBytes;
    }

    public PromptCodec() {
        this(DEFAULT_MAX_BYTES);
    }

    /**
     * Reads one prompt.
     *
     * @param value UTF-8, with or without a byte order mark; null (a tombstone) is refused like an empty value
     * @throws InvalidPromptException naming what is wrong and what to do; with {@link ErrorCode#PROMPT_TOO_LARGE} when there are
     *             more than {@code maxBytes} bytes, else with {@link ErrorCode#INVALID_PROMPT}
     */
    public Prompt decode(byte[] value) {
        String text = text(value);
        String content = text.stripLeading();
        if (content.isEmpty()) {
            throw new InvalidPromptException(
                    "the value is empty; send a text, or a JSON object with prompt or messages");
        }
        return content.charAt(0) == '{' ? PromptJson.read(Json.object(content)) : Prompt.ofText(text);
    }

    /**
     * The id given in a value that {@link #decode} refuses, if there is one that can be read; a value that is too large, or that is no JSON from some place
     * on, may have one all the same.
     */
    public Optional<String> givenId(byte[] value) {
        return value == null ? Optional.empty() : GivenId.in(value);
    }

    /** The prompt as compact JSON, without the fields that are not given. */
    public byte[] encode(Prompt prompt) {
        return Json.bytes(json -> PromptJson.write(json, prompt));
    }

    /** The value as text, if it is not larger than allowed. */
    String text(byte[] value) {
        if (value == null) {
            return "";
        }
        if (value.length > maxBytes) {
            throw new InvalidPromptException(ErrorCode.PROMPT_TOO_LARGE, "the value has " + value.length
                    + " bytes, more than the " + maxBytes + " allowed; shorten it or have the limit raised");
        }
        return Json.utf8(value);
    }
}
