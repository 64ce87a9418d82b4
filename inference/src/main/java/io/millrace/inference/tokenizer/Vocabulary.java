package io.millrace.inference.tokenizer;

import java.util.OptionalInt;

/**
 * The tokens of a model and the roles of some of them. Made from a model file's {@code tokenizer.ggml.*} keys.
 */
public interface Vocabulary {
    int size();

    /** The token put before every prompt, if the model wants one ({@code add_bos_token}). */
    OptionalInt beginningOfSequence();

    /** Whether a generation ends when this token is sampled: end of text, of turn, of message. */
    boolean isEndOfGeneration(int token);

    /** Whether the token is a control token, which people's text must never become. */
    boolean isControl(int token);

    /** The token's text as the file has it, for people to look at. */
    String piece(int token);
}
