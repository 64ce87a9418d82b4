package io.millrace.compose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What a command left behind, run to its end in this JVM: a process for each would cost seconds. */
record CommandRun(int status, String out, String err) {
    static CommandRun of(String... arguments) {
        return of(Map.of(), arguments);
    }

    static CommandRun of(Map<String, String> environment, String... arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int status = new CommandLineInterface(environment, new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8)).run(arguments);
        return new CommandRun(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    static CommandRun withInput(String input, String... arguments) {
        InputStream before = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            return of(arguments);
        } finally {
            System.setIn(before);
        }
    }

    /** What a command that must succeed prints. */
    static String output(String... arguments) {
        return of(arguments).succeeds().out;
    }

    CommandRun succeeds() {
        assertThat(status).as(err).isZero();
        return this;
    }

    /** That it ended with one line, status 2 and no output. */
    void isRefused() {
        isRefused("millrace");
    }

    /** That the line names these as well. */
    void isRefused(String... reasons) {
        assertThat(err.lines()).singleElement().asString().startsWith("millrace").contains(reasons);
        assertThat(status).isEqualTo(2);
        assertThat(out).isEmpty();
    }
}
