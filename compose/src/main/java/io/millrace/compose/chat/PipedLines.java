package io.millrace.compose.chat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Optional;

/** Lines of a file or another program: nobody to prompt, and an interrupt ends the process. */
public record PipedLines(BufferedReader reader) implements Lines {
    @Override
    public Optional<String> next(String prompt) {
        try {
            return Optional.ofNullable(reader.readLine());
        } catch (IOException e) {
            throw new UncheckedIOException("standard input cannot be read", e);
        }
    }

    @Override
    public void interruptibly(Runnable task, Runnable interrupt) {
        task.run();
    }
}
