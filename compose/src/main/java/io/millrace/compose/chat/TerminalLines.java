package io.millrace.compose.chat;

import java.io.IOException;
import java.util.EnumSet;
import java.util.Optional;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.terminal.Attributes;
import org.jline.terminal.Attributes.InputFlag;
import org.jline.terminal.Attributes.LocalFlag;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.Terminal.SignalHandler;
import org.jline.terminal.TerminalBuilder;

/**
 * Lines that a person types, with editing and the lines before at the arrow keys. Ctrl-C drops a line, Ctrl-D ends. Keys typed while no line is read are kept
 * for the next.
 */
public final class TerminalLines implements Lines, AutoCloseable {
    private final Terminal terminal;
    private final LineReader reader;

    /** Takes charge of a terminal. */
    TerminalLines(Terminal terminal) {
        this.terminal = terminal;
        keepKeys(terminal);
        // an exclamation mark is part of what people say, not of a shell's history
        reader = LineReaderBuilder.builder().terminal(terminal).option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .build();
    }

    /** What is typed amid an answer is neither shown there nor changed; Ctrl-C is a signal still, unlike in raw mode. */
    private static void keepKeys(Terminal terminal) {
        Attributes attributes = terminal.getAttributes();
        attributes.setLocalFlags(EnumSet.of(LocalFlag.ICANON, LocalFlag.ECHO), false);
        attributes.setInputFlag(InputFlag.ICRNL, false);
        terminal.setAttributes(attributes);
    }

    /** Takes the terminal over. */
    public static TerminalLines open() throws IOException {
        // a terminal that is asked what it can do may reply late, and its reply would be taken for what is typed
        return new TerminalLines(TerminalBuilder.builder().system(true).dumb(true).graphemeCluster(false).build());
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
