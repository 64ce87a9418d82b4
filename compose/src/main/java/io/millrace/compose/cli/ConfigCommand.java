package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.compose.cli.CommandLineInterface.Root;
import io.millrace.compose.settings.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "config", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Prints the settings that a command would run with, and where each comes from: a flag, an environment variable, a line of the settings file, the arguments in a llamafile, or the default.")
final class ConfigCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "COMMAND [FLAG...]", description = "Whose settings, with flags as one would give them; those of 'up' unless given.")
    private List<String> arguments = List.of();

    @Option(names = "--json", description = "As one JSON object.")
    private boolean json;

    @Option(names = "--markdown", description = "Prints the page that documents every setting, instead.")
    private boolean markdown;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Output output = Root.outputOf(spec);
        if (markdown) {
            output.print(new ConfigurationPage(CommandLineInterface.model()).text());
            return 0;
        }
        CommandLine command = command();
        List<EffectiveSetting> all = EffectiveSetting.of(spec.root().commandLine(), command, settings(), given());
        if (json) {
            output.printJson(object(command, all));
        } else {
            print(command, all, output);
        }
        return 0;
    }

    private Settings settings() {
        return (Settings) spec.root().defaultValueProvider();
    }

    private CommandLine command() {
        String name = arguments.isEmpty() ? "up" : arguments.getFirst();
        CommandLine command = spec.root().subcommands().get(name);
        if (command == null) {
            throw new UserException("there is no command " + name + ": see millrace --help");
        }
        return command;
    }

    private String[] given() {
        return arguments.stream().skip(1).toArray(String[]::new);
    }

    private Map<String, Object> object(CommandLine command, List<EffectiveSetting> all) {
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("command", command.getCommandName());
        settings().file().ifPresent(file -> object.put("file", file.toString()));
        List<Map<String, Object>> entries = new ArrayList<>();
        for (EffectiveSetting setting : all) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("name", setting.name());
            entry.put("value", setting.value().orElse(null));
            entry.put("source", setting.source());
            entries.add(entry);
        }
        object.put("settings", entries);
        return object;
    }

    private void print(CommandLine command, List<EffectiveSetting> all, Output output) {
        output.printLine("Settings of 'millrace " + command.getCommandName() + "'; settings file: "
                + settings().file().map(Object::toString).orElse("none"));
        int name = all.stream().mapToInt(setting -> setting.name().length()).max().orElse(1);
        int value = all.stream().mapToInt(setting -> setting.shown().length()).filter(length -> length <= 40).max()
                .orElse(1);
        String format = "  %-" + name + "s  %-" + value + "s  %s";
        all.forEach(setting -> output.printLine(String.format(Locale.ROOT, format, setting.name(), setting.shown(),
                setting.source())));
    }
}
