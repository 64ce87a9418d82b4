package io.millrace.compose.chat;

import java.util.Optional;

/** Where a conversation's lines come from. */
public interface Lines {
    /** The next line, without its end; empty when there are no more. */
    Optional<String> next(String prompt);

    /** Runs {@code task}; what a person does to interrupt it meanwhile runs {@code interrupt}. */
    void interruptibly(Runnable task, Runnable interrupt);
}
