package io.millrace.compose.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.jline.terminal.Size;
import org.jline.terminal.impl.LineDisciplineTerminal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TerminalLinesTest {
    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();
    private LineDisciplineTerminal terminal;
    private TerminalLines lines;

    @BeforeEach
    void open() throws IOException {
        terminal = new LineDisciplineTerminal("test", "xterm-256color", screen, StandardCharsets.UTF_8);
        terminal.setSize(Size.of(80, 24));
        lines = new TerminalLines(terminal);
    }

    @AfterEach
    void close() throws IOException {
        lines.close();
    }

    private void type(String keys) {
        try {
            terminal.processInputBytes(keys.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void keysTypedAmidAnAnswerAreForTheLinesAfterItAndNotShownInIt() {
        lines.interruptibly(() -> type("the next question\rhalf a"), () -> {});
        assertThat(screen.toString(StandardCharsets.UTF_8)).isEmpty();
        assertThat(lines.next("> ")).contains("the next question");
        type(" line\r");
        assertThat(lines.next("> ")).contains("half a line");
    }

    @Test
    void controlCStopsTheAnswer() {
        var out = new StringBuilder();
        lines.interruptibly(() -> type("\u0003"), () -> out.append("stopped"));
        assertThat(out).hasToString("stopped");
    }
}
