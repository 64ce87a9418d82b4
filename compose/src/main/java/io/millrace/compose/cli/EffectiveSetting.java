package io.millrace.compose.cli;

import io.millrace.compose.settings.KnownSettings;
import io.millrace.compose.settings.Secrets;
import io.millrace.compose.settings.Setting;
import io.millrace.compose.settings.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * What a command would run with, and why.
 *
 * @param name as in a settings file
 * @param value empty if nothing is given and there is no default; what is secret in it is masked
 * @param source who says so
 */
record EffectiveSetting(String name, Optional<String> value, String source) {
    /**
     * Those of a command, by name.
     *
     * @param given what the command line has for it
     * @throws ParameterException if a value is not of its flag's type
     */
    static List<EffectiveSetting> of(CommandLine root, CommandLine command, Settings settings, String... given) {
        String[] named = new String[given.length + 1];
        named[0] = command.getCommandName();
        System.arraycopy(given, 0, named, 1, given.length);
        String[] all = LlamafileArguments.insert(root, settings, named);
        // of the model file's own arguments the first, behind the name
        List<String> ofModel = Arrays.asList(all).subList(1, all.length - given.length);
        ParseResult parsed = parse(command, Arrays.copyOfRange(all, 1, all.length));
        List<EffectiveSetting> effective = new ArrayList<>();
        for (OptionSpec option : command.getCommandSpec().options()) {
            // the file itself is told of apart
            KnownSettings.nameOf(option).filter(name -> !name.equals("config"))
                    .ifPresent(name -> effective.add(of(name, option, parsed, settings, ofModel)));
        }
        effective.sort(Comparator.comparing(EffectiveSetting::name));
        return effective;
    }

    private static ParseResult parse(CommandLine command, String... arguments) {
        command.getCommandSpec().parser().collectErrors(true);
        ParseResult parsed = command.parseArgs(arguments);
        for (Exception error : parsed.errors()) {
            // what the command could not run without need not be known to look at the rest
            if (error instanceof ParameterException mistake && !(error instanceof MissingParameterException)) {
                throw mistake;
            }
        }
        return parsed;
    }

    private static EffectiveSetting of(String name, OptionSpec option, ParseResult parsed, Settings settings,
            List<String> ofModel) {
        OptionSpec matched = parsed.matchedOption(option.longestName());
        if (matched != null) {
            boolean model = ofModel.stream().anyMatch(argument -> CommandFirst.names(option).stream().anyMatch(
                    flag -> argument.equals(flag) || argument.startsWith(flag + "=")));
            return known(name, String.join(",", matched.stringValues()), model ? "llamafile" : "flag");
        }
        Optional<Setting> setting = settings.find(option);
        if (setting.isPresent()) {
            return known(name, setting.get().value(), setting.get().source());
        }
        String usual = option.defaultValueString(true);
        return isGiven(usual)
                ? known(name, usual, "default")
                : new EffectiveSetting(name, Optional.empty(), "not set");
    }

    /** Whether a flag has a default, as picocli prints it. */
    static boolean isGiven(String usual) {
        return usual != null && !usual.equals("null") && !usual.equals("[]");
    }

    private static EffectiveSetting known(String name, String value, String source) {
        return new EffectiveSetting(name, Optional.of(Secrets.mask(name, value)), source);
    }

    /** For a table: one line, whatever stands in it. */
    String shown() {
        return value.map(text -> text.isEmpty() ? "''" : text.replaceAll("\\p{Cntrl}", " ")).orElse("-");
    }
}
