package io.millrace.compose.cli;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** Looks over arguments before they are parsed: picocli asks for defaults first, and those may depend on what is given. */
final class CommandFirst {
    private CommandFirst() {}

    /**
     * The arguments with the command's name in front: flags that every command has may stand before it.
     *
     * @param usual the command that is meant where none is named
     */
    static String[] order(CommandLine root, String usual, String... arguments) {
        int at = 0;
        while (at < arguments.length && arguments[at].startsWith("-")) {
            OptionSpec option = root.getCommandSpec().findOption(nameIn(arguments[at]));
            if (option == null) {
                break;
            }
            if (option.usageHelp() || option.versionHelp()) {
                return arguments;
            }
            at += 1 + (arguments[at].contains("=") ? 0 : option.arity().min());
        }
        List<String> all = new ArrayList<>(List.of(arguments));
        boolean named = at < arguments.length && !arguments[at].startsWith("-");
        if (at == 0 && named) {
            return arguments;
        }
        all.addFirst(named ? all.remove(at) : usual);
        return all.toArray(String[]::new);
    }

    /** What the arguments give to a flag with a value, if they have it. */
    static Optional<String> valueOf(OptionSpec option, List<String> arguments) {
        for (int i = 0; i < arguments.size() && !arguments.get(i).equals("--"); i++) {
            String argument = arguments.get(i);
            if (names(option).contains(argument) && i + 1 < arguments.size()) {
                return Optional.of(arguments.get(i + 1));
            }
            int equals = argument.indexOf('=');
            if (equals > 0 && names(option).contains(argument.substring(0, equals))) {
                return Optional.of(argument.substring(equals + 1));
            }
        }
        return Optional.empty();
    }

    static List<String> names(OptionSpec option) {
        return Arrays.asList(option.names());
    }

    private static String nameIn(String argument) {
        int equals = argument.indexOf('=');
        return equals > 0 ? argument.substring(0, equals) : argument;
    }
}
