package io.millrace.compose.settings;

import io.millrace.compose.UserException;
import io.millrace.schemas.Suggestion;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Which settings there are: a flag's long name without its dashes, such as {@code kafka-port}, of whatever command has it. */
public final class KnownSettings {
    static final String VARIABLE_PREFIX = "MILLRACE_";

    /** Which file to read is not for that file to say. */
    private static final String FILE = "config";

    private final SortedSet<String> names = new TreeSet<>();
    /** Other long names of a flag, such as {@code temp}, and the one that a setting has. */
    private final Map<String, String> otherNames = new TreeMap<>();

    private KnownSettings() {}

    /** Those of a command and all under it. */
    public static KnownSettings of(CommandSpec root) {
        var known = new KnownSettings();
        known.add(root);
        return known;
    }

    private void add(CommandSpec command) {
        command.options().forEach(option -> nameOf(option).ifPresent(name -> {
            names.add(name);
            Arrays.stream(option.names()).filter(other -> other.startsWith("--"))
                    .forEach(other -> otherNames.put(other.substring(2), name));
        }));
        command.subcommands().values().stream().map(CommandLine::getCommandSpec).forEach(this::add);
    }

    /** What a flag's setting is called; empty for one that only the command line can give. */
    public static Optional<String> nameOf(OptionSpec option) {
        String longest = option.longestName();
        boolean can = longest.startsWith("--") && !option.usageHelp() && !option.versionHelp();
        return can ? Optional.of(longest.substring(2)) : Optional.empty();
    }

    /** The environment variable of a setting. */
    public static String variable(String name) {
        return VARIABLE_PREFIX + name.replace('-', '_').toUpperCase(Locale.ROOT);
    }

    /**
     * That a file may say so.
     *
     * @throws UserException if not, with what may have been meant
     */
    void requireInFile(String name, String source) {
        if (name.equals(FILE)) {
            throw new UserException(source + ": one settings file cannot name another: remove config");
        }
        if (!names.contains(name)) {
            var possible = new TreeSet<>(names);
            possible.remove(FILE);
            throw new UserException(source + ": there is no setting " + name + ": did you mean "
                    + meant(name, possible) + "?");
        }
    }

    /**
     * That a variable is one of ours.
     *
     * @throws UserException if not, with what may have been meant
     */
    void requireVariable(String variable) {
        if (OtherVariable.isKnown(variable) || names.stream().anyMatch(name -> variable(name).equals(variable))) {
            return;
        }
        String name = variable.substring(VARIABLE_PREFIX.length()).toLowerCase(Locale.ROOT).replace('_', '-');
        var possible = new TreeSet<>(names);
        OtherVariable.all().forEach(other -> possible.add(other.settingName()));
        throw new UserException("there is no setting " + variable + ": did you mean " + variable(meant(name, possible))
                + "? Unset it otherwise");
    }

    private String meant(String name, SortedSet<String> possible) {
        String usual = name.toLowerCase(Locale.ROOT).replaceAll("[_.]", "-").replaceFirst("^(-+|millrace-)", "");
        String other = otherNames.get(usual);
        return other == null ? Suggestion.nearest(usual, possible) : other;
    }
}
