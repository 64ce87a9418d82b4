package io.millrace.compose;

import io.millrace.compose.cli.CommandLineInterface;
import java.nio.file.Path;
import java.util.Optional;

/** Where the program starts. */
public final class Millrace {
    private Millrace() {}

    public static void main(String[] arguments) {
        Path settings = Path.of(System.getProperty("user.home"), ".millrace", "millrace.properties");
        System.exit(new CommandLineInterface(System.getenv(), Optional.of(settings), System.out, System.err)
                .run(arguments));
    }
}
