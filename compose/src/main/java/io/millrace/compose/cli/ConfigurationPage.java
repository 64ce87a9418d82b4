package io.millrace.compose.cli;

import io.millrace.compose.settings.KnownSettings;
import io.millrace.compose.settings.OtherVariable;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** The page that documents every setting, in Markdown: docs/configuration.md. */
final class ConfigurationPage {
    private static final String BEGINNING = """
            # Configuration

            <!-- Made by ./millrace config --markdown > docs/configuration.md: change the flags' descriptions instead. -->

            Whatever a flag of the command line says can be said elsewhere. Of several, the first in this order counts:

            1. the flag: `--kafka-port 9093`
            2. an environment variable: `MILLRACE_KAFKA_PORT=9093`
            3. a line of the settings file: `kafka-port=9093`
            4. what a llamafile brings along, for flags that say how to run its model
            5. the default

            An empty variable, and an empty line of the file, count as not given. A flag that has no value is `true` or `false` there; one
            that can be given several times, and takes no commas, gets one value. A setting holds for every command that has the flag.

            ## The settings file

            `--config FILE` or `MILLRACE_CONFIG` names it; else it is `~/.millrace/millrace.properties`, which need not exist. It is a properties file
            in UTF-8: a setting a line, `#` before comments, and a backslash is written twice. Paths in it are written out: `~` is not resolved.

            ```properties
            # /etc/millrace.properties
            bootstrap-servers=kafka1:9092,kafka2:9092
            model=/srv/models/Llama-3.1-8B-Q4_K_M.gguf
            parallel=16
            ctx-size=8192
            ```

            A name that is not known is refused, in the file as in the environment, with the one that may have been meant. Variables by which Kubernetes
            tells where services are (`MILLRACE_PORT=tcp://...`, `..._SERVICE_HOST`) are passed over.

            ## What is in force

            `./millrace config [COMMAND [FLAG...]]` prints what a command would run with, and which flag, variable, or line of which file says so;
            `--json` for programs. Passwords are masked.

            ```sh
            MILLRACE_PARALLEL=4 ./millrace config worker --ctx-size 2048
            ```

            ## Settings

            | setting | variable | flags | default | what it is | commands |
            | --- | --- | --- | --- | --- | --- |
            """;
    private static final String OTHERS = """

            ## Variables that stand for no flag

            | variable | what it is |
            | --- | --- |
            """;

    private final CommandSpec root;

    /** Of a command line without settings: its defaults are the program's own. */
    ConfigurationPage(CommandSpec root) {
        this.root = root;
    }

    String text() {
        Map<String, Set<String>> commandsByRow = new TreeMap<>();
        root.subcommands().values().stream().map(command -> command.getCommandSpec())
                .filter(command -> !command.usageMessage().hidden())
                .forEach(command -> command.options().stream().filter(option -> !option.hidden())
                        .forEach(option -> KnownSettings.nameOf(option).ifPresent(name -> commandsByRow
                                .computeIfAbsent(row(name, option), _ -> new LinkedHashSet<>()).add(command.name()))));
        var page = new StringBuilder(BEGINNING);
        commandsByRow.forEach((row, commands) -> page.append(row).append(" | ").append(readable(commands)).append(
                " |\n"));
        page.append(OTHERS);
        for (OtherVariable other : OtherVariable.values()) {
            page.append("| `").append(other.variable()).append("` | ").append(other.description()).append(" |\n");
        }
        return page.toString();
    }

    private String readable(Set<String> commands) {
        long all = root.subcommands().values().stream().filter(command -> !command.getCommandSpec().usageMessage()
                .hidden()).count();
        return commands.size() == all
                ? "all"
                : commands.stream().sorted().map(name -> "`" + name + "`").collect(Collectors.joining(", "));
    }

    private static String row(String name, OptionSpec option) {
        String flags = Arrays.stream(option.names()).map(flag -> "`" + flag + "`").collect(Collectors.joining(", "));
        String label = option.arity().max() == 0 ? "" : " " + plain(option.paramLabel());
        String usual = option.defaultValueString(true);
        boolean has = EffectiveSetting.isGiven(usual) && option.arity().max() > 0;
        return "| `" + name + "` | `" + KnownSettings.variable(name) + "` | " + flags + label + " | "
                + (has ? "`" + ofAnyone(usual) + "`" : "") + " | "
                + plain(ofAnyone(String.join(" ", option.description())));
    }

    /** Whoever makes the page. */
    private static String ofAnyone(String text) {
        return text.replace(System.getProperty("user.home"), "~").replace("%n", " ").replace("%%", "%");
    }

    private static String plain(String text) {
        return text.replace("|", "\\|").replace("*", "\\*").replace("<", "&lt;");
    }
}
