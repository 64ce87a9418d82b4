package io.millrace.ingest;

import io.millrace.schemas.AnswerDelta;

/**
 * Reads an answer as content and tool calls while it is generated. What it says depends on nothing but the tokens so far, so that whoever takes a stream over
 * says the same. One answer an object; for one thread at a time.
 */
public interface AnswerReading {
    /**
     * Goes on.
     *
     * @param token in the model's vocabulary
     * @param text that became certain with it
     */
    AnswerDelta read(int token, String text);

    /** The answer has ended: what was held back comes out. */
    AnswerDelta end();
}
