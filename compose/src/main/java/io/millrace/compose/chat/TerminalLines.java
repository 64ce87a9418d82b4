package io.millrace.compose.chat;

import java.io.IOException;
import java.util.Optional;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.Terminal.SignalHandler;
import org.jline.terminal.TerminalBuilder;

/** Lines that a person types, with editing and the lines before at the arrow keys. Ctrl-C drops a line, Ctrl-D ends. */
public final class TerminalLines implements Lines, AutoCloseable {
    private final Terminal terminal;
    private final LineReader reader;

    private TerminalLines(Terminal terminal) {
        this.terminal = terminal;
        // an exclamation mark is part of what people say, not of a shell's history
        reader = LineReaderBuilder.builder().terminal(terminal).option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .build();
    }

    /** Takes the terminal over. */
    public static TerminalLines open() throws IOException {
        return new TerminalLines(TerminalBuilder.builder().system(true).dumb(true).build());
    }

    @Override
    public Optional<String> next(String prompt) {
        while (true) {
            try {
                return Optional.of(reader.readLine(prompt));
            } catch (UserInterruptException e) {
                terminal.writer().println("(Ctrl-D or /exit ends)");
                terminal.flush();
            } catch (EndOfFileException e) {
                return Optional.empty();
            }
        }
    }

    @Override
    public void interruptibly(Runnable task, Runnable interrupt) {
        SignalHandler before = terminal.handle(Signal.INT, _ -> interrupt.run());
        try {
            task.run();
        } finally {
            terminal.handle(Signal.INT, before);
        }
    }

    @Override
    public void close() throws IOException {
        terminal.close();
    }
}
