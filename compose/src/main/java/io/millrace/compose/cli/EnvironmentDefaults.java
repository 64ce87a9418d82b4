package io.millrace.compose.cli;

import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code --kafka-port} not given: {@code MILLRACE_KAFKA_PORT}, if that is set and not empty, else the flag's own default. */
final class EnvironmentDefaults implements IDefaultValueProvider {
    private final Map<String, String> environment;

    EnvironmentDefaults(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    @Override
    public String defaultValue(ArgSpec argument) {
        if (argument instanceof OptionSpec option && option.longestName().startsWith("--") && !option.usageHelp()
                && !option.versionHelp()) {
            String value = environment.get(variable(option.longestName()));
            return value == null || value.isEmpty() ? null : value;
        }
        return null;
    }

    private static String variable(String flag) {
        return "MILLRACE_" + flag.substring(2).replace('-', '_').toUpperCase(Locale.ROOT);
    }
}
