package io.millrace.compose.cli;

import io.millrace.compose.settings.Setting;
import io.millrace.compose.settings.Settings;
import io.millrace.inference.gguf.GgufException;
import io.millrace.inference.gguf.Llamafile;
import java.lang.reflect.Field;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The default arguments that a llamafile carries, for flags that its user does not give, neither on the command line nor as settings. Only those that say how to run the model are taken: a file
 * from somewhere must not choose what is read from this machine or whom it talks to. Flags of other programs are passed over.
 */
final class LlamafileArguments {
    private static final String MODEL = "--model";
    private static final Set<Class<?>> TAKEN = Set.of(ModelFlags.class, CacheFlags.class, SamplingFlags.class,
            LocalSamplingFlags.class,
            LengthFlag.class);

    private LlamafileArguments() {}

    /**
     * The arguments with those of the file behind the subcommand, if there are any.
     *
     * @param arguments a subcommand first
     */
    static String[] insert(CommandLine root, Settings settings, String... arguments) {
        CommandLine command = root.getSubcommands().get(arguments[0]);
        OptionSpec model = command == null ? null : command.getCommandSpec().findOption(MODEL);
        if (model == null) {
            return arguments;
        }
        List<String> given = List.of(arguments).subList(1, arguments.length);
        List<String> defaults = CommandFirst.valueOf(model, given).or(() -> settings.find(model).map(Setting::value))
                .map(LlamafileArguments::read).orElse(List.of());
        var all = new ArrayList<String>();
        all.add(arguments[0]);
        all.addAll(missing(command.getCommandSpec(), settings, defaults, given));
        all.addAll(given);
        return all.toArray(String[]::new);
    }

    private static List<String> read(String file) {
        try {
            return Llamafile.arguments(Path.of(file));
        } catch (GgufException | InvalidPathException e) {
            // the command opens the same file and says what is wrong with it
            return List.of();
        }
    }

    private static List<String> missing(CommandSpec command, Settings settings, List<String> defaults,
            List<String> given) {
        var missing = new ArrayList<String>();
        int i = 0;
        while (i < defaults.size()) {
            String argument = defaults.get(i++);
            int equals = argument.indexOf('=');
            OptionSpec option = command.findOption(equals > 0 ? argument.substring(0, equals) : argument);
            int values = option == null || equals > 0 ? 0 : option.arity().max();
            int end = Math.min(defaults.size(), i + values);
            if (option != null && isTaken(option) && !isGiven(option, given) && settings.find(option).isEmpty()) {
                missing.addAll(defaults.subList(i - 1, end));
            }
            i = end;
        }
        return missing;
    }

    private static boolean isTaken(OptionSpec option) {
        return option.userObject() instanceof Field field && TAKEN.contains(field.getDeclaringClass())
                && !CommandFirst.names(option).contains(MODEL);
    }

    private static boolean isGiven(OptionSpec option, List<String> given) {
        return given.stream().anyMatch(argument -> CommandFirst.names(option).stream()
                .anyMatch(name -> argument.equals(name) || argument.startsWith(name + "=")));
    }
}
