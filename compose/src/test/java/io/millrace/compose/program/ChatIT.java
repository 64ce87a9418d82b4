package io.millrace.compose.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class ChatIT {
    @TempDir
    Path folder;

    @Test
    void linesOnStdinAreAnsweredOneAfterTheOther() throws Exception {
        Path lines = Files.writeString(folder.resolve("lines"), "Hello!\n/context\nTell me a story.\n/exit\nnever\n");
        var process = new ProcessBuilder(Program.root().resolve("millrace").toString(), "chat", "-n", "10", "-s", "1")
                .redirectInput(lines.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        assertThat(out).contains(" of 512 tokens are used\n").endsWith("\n").doesNotContain("> ", "never");
        assertThat(out.lines().filter(line -> !line.isBlank())).hasSizeGreaterThanOrEqualTo(3);
    }

    /** A pseudo-terminal that answers no question, as some do and others late. */
    @Test
    void atATerminalNothingIsAskedAndKeysTypedAmidAnAnswerAreKept() throws Exception {
        Path script = Files.writeString(folder.resolve("terminal.py"), """
                import fcntl, os, pty, struct, sys, termios
                pid, terminal = pty.fork()
                if pid == 0:
                    os.execv(sys.argv[1], sys.argv[1:])
                fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
                seen = b''
                def read_to(end):
                    global seen
                    piece = b''
                    while end not in piece:
                        byte = os.read(terminal, 1)
                        if not byte:
                            raise OSError
                        piece += byte
                    seen += piece
                read_to(b'\\x1b[?2004h')
                os.write(terminal, b'Hello!\\r/context\\r/exit\\r')
                try:
                    while True:
                        read_to(b'\\n')
                except OSError:
                    pass
                os.write(1, seen)
                sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
                """);
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/python3")), "no Python to make a pseudo-terminal");
        var process = new ProcessBuilder("/usr/bin/python3", script.toString(), Program.root().resolve("millrace")
                .toString(), "chat", "-n", "10", "-s", "1").redirectErrorStream(true).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(out).isZero();
        // device attributes, modes, the cursor's place
        assertThat(out).doesNotContain("\u001b[c", "$p", "\u001b[6n", "\u001b[?u");
        assertThat(out).contains(" of 512 tokens are used");
    }

    @Test
    void aModelWithoutAChatTemplateIsRefusedByName() throws Exception {
        Path model = Program.root().resolveSibling("shared").resolve("models/stories260K.gguf");
        assumeTrue(Files.exists(model), "no folder shared beside the checkout");
        try (var program = Program.start("chat", "-m", model.toString())) {
            assertThat(program.status()).isEqualTo(2);
            assertThat(program.err().lines()).singleElement().asString().contains("stories260K has no chat template");
        }
    }
}
