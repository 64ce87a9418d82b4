package io.millrace.inference.tokenizer;

/** Text to token ids and back, for one vocabulary. Safe for any thread. */
public interface Tokenizer {
    /** The tokens, their kinds, and the ones with a special meaning. */
    Vocabulary vocabulary();

    /**
     * The ids of a text, without a beginning-of-sequence token.
     *
     * @param parseSpecial whether the names of special tokens in the text, such as {@code <|eot_id|>}, become those
     *            tokens (for rendered chat templates) or stay ordinary text (for what people write)
     */
    int[] encode(String text, boolean parseSpecial);

    /**
     * The bytes a token stands for; they may end inside a UTF-8 character. Control tokens have none. The array is shared:
     * do not change it.
     *
     * @throws IndexOutOfBoundsException for an id the vocabulary does not have
     */
    byte[] bytes(int token);
}
