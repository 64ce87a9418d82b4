package io.millrace.compose.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Standard output for generated text: UTF-8 whatever the locale, and on its way as soon as it is written. */
final class Output {
    private final PrintStream out;
    private boolean lineBegun;

    Output(PrintStream out) {
        this.out = new PrintStream(out, false, StandardCharsets.UTF_8);
    }

    /**
     * Writes at once.
     *
     * @throws OutputClosedException if nobody reads any more
     */
    void print(String text) {
        if (text.isEmpty()) {
            return;
        }
        out.print(text);
        lineBegun = !text.endsWith("\n");
        if (out.checkError()) {
            throw new OutputClosedException();
        }
    }

    void printLine(String line) {
        print(line + "\n");
    }

    /**
     * Writes a value as JSON, with a line for each of its parts.
     *
     * @param value maps, lists, texts and numbers
     */
    void printJson(Object value) {
        try {
            printLine(new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(value));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("these are always JSON", e);
        }
    }

    /** Whether a person looks on, rather than a file or another program. */
    @SuppressWarnings("SystemConsoleNull") // it is null again without a terminal, in JDK 25
    static boolean isTerminal() {
        return System.console() != null && System.console().isTerminal();
    }

    /** Ends a line that was begun. */
    void endLine() {
        if (lineBegun) {
            print("\n");
        }
    }
}
