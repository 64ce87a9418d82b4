package io.millrace.compose.settings;

import io.millrace.compose.UserException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What stands in for flags that are not given: {@code MILLRACE_KAFKA_PORT} for {@code --kafka-port}, else {@code kafka-port} in a file. */
public final class Settings implements IDefaultValueProvider {
    private final Map<String, String> environment;
    private final Map<String, Setting> file;
    private final Optional<Path> path;

    private Settings(Map<String, String> environment, Map<String, Setting> file, Optional<Path> path) {
        this.environment = Map.copyOf(environment);
        this.file = Map.copyOf(file);
        this.path = path;
    }

    /** No flag has a stand-in. */
    public static Settings none() {
        return new Settings(Map.of(), Map.of(), Optional.empty());
    }

    /**
     * Reads both.
     *
     * @param named the file that the command line names, if it does
     * @param usual the file to read if nobody names one; it need not exist
     * @throws UserException if the file cannot be read, or either has a name that is not known
     */
    public static Settings read(KnownSettings known, Map<String, String> environment, Optional<Path> named,
            Optional<Path> usual) {
        var variables = new TreeMap<>(ServiceLinks.remove(environment));
        variables.keySet().removeIf(name -> !name.startsWith(KnownSettings.VARIABLE_PREFIX));
        variables.keySet().forEach(known::requireVariable);
        variables.values().removeIf(String::isEmpty);
        Optional<Path> path = named.or(() -> Optional.ofNullable(variables.get(KnownSettings.variable("config"))).map(
                Path::of)).or(() -> usual.filter(Files::exists));
        Map<String, Setting> file = path.map(SettingsFile::read).orElse(Map.of());
        file.forEach((name, setting) -> known.requireInFile(name, setting.source()));
        return new Settings(variables, file, path);
    }

    /** The file that was read. */
    public Optional<Path> file() {
        return path;
    }

    /** What stands in for a flag, if anything does. */
    public Optional<Setting> find(OptionSpec option) {
        return KnownSettings.nameOf(option).flatMap(name -> {
            String variable = KnownSettings.variable(name);
            String value = environment.get(variable);
            return value != null
                    ? Optional.of(new Setting(value, variable))
                    : Optional.ofNullable(file.get(name)).filter(setting -> !setting.value().isEmpty());
        });
    }

    @Override
    public String defaultValue(ArgSpec argument) {
        return argument instanceof OptionSpec option ? find(option).map(Setting::value).orElse(null) : null;
    }
}
