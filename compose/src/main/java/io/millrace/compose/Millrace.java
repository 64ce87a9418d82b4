package io.millrace.compose;

import io.millrace.compose.cli.CommandLineInterface;

/** Where the program starts. */
public final class Millrace {
    private Millrace() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLineInterface(System.getenv(), System.out, System.err).run(arguments));
    }
}
