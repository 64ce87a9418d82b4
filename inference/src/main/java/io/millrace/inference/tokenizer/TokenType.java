package io.millrace.inference.tokenizer;

/** The kinds of token, in the order of their numbers in {@code tokenizer.ggml.token_type}. */
enum TokenType {
    UNDEFINED, NORMAL, UNKNOWN, CONTROL, USER_DEFINED, UNUSED, BYTE;

    private static final TokenType[] BY_NUMBER = values();

    /** The type of a number; null if there is none. */
    static TokenType of(long number) {
        return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[(int) number] : null;
    }

    /** Whether text may become such a token by merging characters. */
    boolean isOrdinary() {
        return this == NORMAL || this == USER_DEFINED || this == UNUSED || this == UNDEFINED;
    }

    /** Whether the token is not text at all and becomes part of a prompt only on purpose. */
    boolean isControl() {
        return this == CONTROL || this == UNKNOWN;
    }
}
