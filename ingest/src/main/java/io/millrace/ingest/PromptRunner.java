package io.millrace.ingest;

import io.millrace.schemas.InvalidPromptException;
import io.millrace.schemas.Prompt;

/** What ingest needs of an engine. Safe for any thread. */
public interface PromptRunner {
    /** The name of the model that is served. */
    String model();

    /** The bytes that a token of the model stands for; they may end inside a UTF-8 character. None for what has no text. */
    default byte[] bytes(int token) {
        return new byte[0];
    }

    /**
     * Makes a prompt ready to run: checks it against the model and tokenises it, which may take a while.
     *
     * @throws InvalidPromptException if this model or this version cannot do what the prompt asks for
     */
    PreparedPrompt prepare(Prompt prompt);
}
