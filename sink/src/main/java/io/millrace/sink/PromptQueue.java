package io.millrace.sink;

import io.millrace.schemas.Prompt;
import java.util.concurrent.CompletionStage;

/** What a gateway needs of whoever sends prompts to workers. Called on virtual threads, and may block. */
public interface PromptQueue {
    /** Sends a prompt, which has an id. Completes when it cannot be lost any more; fails with a message for the client. */
    CompletionStage<Void> submit(Prompt prompt);

    /**
     * As {@link #submit(Prompt)}.
     *
     * @param traceParent the trace that it belongs to, as its record is to say; null if to none
     */
    default CompletionStage<Void> submit(Prompt prompt, String traceParent) {
        return submit(prompt);
    }

    /** Asks for a generation to end, wherever it runs. Completes when the request cannot be lost any more. */
    CompletionStage<Void> cancel(String id);
}
