package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.compose.pull.PullException;
import io.millrace.compose.settings.KnownSettings;
import io.millrace.compose.settings.Settings;
import io.millrace.inference.chat.ChatTemplateException;
import io.millrace.inference.gguf.GgufException;
import io.millrace.inference.gpu.GpuException;
import io.millrace.inference.grammar.GrammarException;
import io.millrace.inference.kernel.VectorsMissingException;
import io.millrace.schemas.InvalidPromptException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;
import picocli.CommandLine.ScopeType;

/** {@code millrace} and its subcommands, from arguments to exit status. */
public final class CommandLineInterface {
    private static final String DEFAULT_SUBCOMMAND = "complete";
    /** What a shell reports of a program whose reader went away: 128 and SIGPIPE. */
    private static final int BROKEN_PIPE = 141;
    private static final Set<String> OWN_FLAGS = Set.of("-h", "--help", "-V", "--version");

    private final Map<String, String> environment;
    private final Optional<Path> usualFile;
    private final CommandLine commandLine;

    /** Without a file of settings, unless the command line or the environment names one. */
    public CommandLineInterface(Map<String, String> environment, PrintStream out, PrintStream err) {
        this(environment, Optional.empty(), out, err);
    }

    /**
     * Reads flags, and their stand-ins.
     *
     * @param environment where {@code MILLRACE_...} variables stand in for flags that are not given
     * @param usualFile stands in for both, if it exists and no other is named
     * @param out for results, help and version; written as UTF-8
     * @param err for what went wrong
     */
    public CommandLineInterface(Map<String, String> environment, Optional<Path> usualFile, PrintStream out,
            PrintStream err) {
        this.environment = Map.copyOf(environment);
        this.usualFile = usualFile;
        commandLine = new CommandLine(new Root(new Output(out), environment))
                .setDefaultValueProvider(Settings.none())
                .setCaseInsensitiveEnumValuesAllowed(true).setUsageHelpAutoWidth(true)
                .setUnmatchedOptionsArePositionalParams(false)
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                .setParameterExceptionHandler(CommandLineInterface::explainMistake)
                .setExecutionExceptionHandler(CommandLineInterface::explainFailure)
                .setExecutionStrategy(CommandLineInterface::execute);
        // what follows the command's name is for that command
        commandLine.getSubcommands().get("config").setStopAtPositional(true)
                .setUnmatchedOptionsArePositionalParams(true);
    }

    /** All commands and their flags, as they are without settings. */
    static CommandSpec model() {
        var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        return new CommandLineInterface(Map.of(), nowhere, nowhere).commandLine.getCommandSpec();
    }

    /** The flags of a command, such as {@code worker}. */
    public CommandSpec command(String name) {
        return commandLine.getSubcommands().get(name).getCommandSpec();
    }

    /**
     * Runs one command to its end.
     *
     * @return 0 when it did what was asked, 1 when a prompt or the program failed, 2 when the user can put it right, 141 when its output
     *         is read no further
     */
    public int run(String... arguments) {
        if (arguments.length == 0) {
            commandLine.usage(commandLine.getErr());
            return ExitCode.USAGE;
        }
        String[] ordered = CommandFirst.order(commandLine, DEFAULT_SUBCOMMAND, arguments);
        Settings settings;
        try {
            settings = settings(ordered);
        } catch (UserException e) {
            commandLine.getErr().println("millrace: " + e.getMessage());
            return ExitCode.USAGE;
        }
        commandLine.setDefaultValueProvider(settings);
        return commandLine.execute(LlamafileArguments.insert(commandLine, settings, ordered));
    }

    private Settings settings(String... arguments) {
        Optional<Path> named = CommandFirst
                .valueOf(commandLine.getCommandSpec().findOption("--config"), List.of(arguments))
                .map(Path::of);
        try {
            return Settings.read(KnownSettings.of(commandLine.getCommandSpec()), environment, named, usualFile);
        } catch (UserException e) {
            if (Arrays.stream(arguments).anyMatch(OWN_FLAGS::contains)) {
                // who asks for help may be looking for the right name
                return Settings.none();
            }
            throw e;
        }
    }

    private static int execute(ParseResult parsed) {
        ((Root) parsed.commandSpec().userObject()).logs.apply();
        return new RunLast().execute(parsed);
    }

    private static int explainMistake(ParameterException e, String[] arguments) {
        var command = e.getCommandLine();
        var name = command.getCommandSpec().qualifiedName();
        command.getErr().println(name + ": " + firstLine(e) + source(e) + " (see " + name + " --help)");
        if (Arrays.asList(arguments).contains("--verbose") || Arrays.asList(arguments).contains("-v")) {
            e.printStackTrace(command.getErr());
        }
        return ExitCode.USAGE;
    }

    /** Of a value that no flag gave: where it stands. */
    private static String source(ParameterException e) {
        return e.getArgSpec() instanceof OptionSpec option && e.getValue() != null
                && e.getCommandLine().getDefaultValueProvider() instanceof Settings settings
                        ? settings.find(option).filter(setting -> setting.value().equals(e.getValue()))
                                .map(setting -> ", from " + setting.source()).orElse("")
                        : "";
    }

    private static int explainFailure(Exception e, CommandLine command, ParseResult parsed) {
        if (e instanceof OutputClosedException) {
            return BROKEN_PIPE;
        }
        boolean verbose = ((Root) command.getCommandSpec().root().userObject()).verbose;
        boolean usersOwn = isUsersOwn(e);
        var remedy = usersOwn || verbose ? "" : " (--verbose shows where)";
        command.getErr().println(
                "millrace: " + (usersOwn ? "" : "internal error: " + e.getClass().getSimpleName() + ": ") + firstLine(e)
                        + remedy);
        if (verbose) {
            e.printStackTrace(command.getErr());
        }
        return usersOwn ? ExitCode.USAGE : ExitCode.SOFTWARE;
    }

    private static boolean isUsersOwn(Exception e) {
        return e instanceof UserException || e instanceof InvalidPromptException || e instanceof GgufException
                || e instanceof ChatTemplateException || e instanceof GrammarException || e instanceof GpuException
                || e instanceof PullException || e instanceof VectorsMissingException;
    }

    private static String firstLine(Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("no reason given");
    }

    @Command(name = "millrace", description = "LLM inference as an event stream, on the JVM.", mixinStandardHelpOptions = true, versionProvider = Version.class, synopsisSubcommandLabel = "COMMAND", subcommands = {
            UpCommand.class, SendCommand.class, TailCommand.class, CompleteCommand.class, ChatCommand.class,
            WorkerCommand.class, GatewayCommand.class, PullCommand.class, ModelsCommand.class, InspectCommand.class,
            TokenizeCommand.class,
            KeyCommand.class, LogitsCommand.class, PerplexityCommand.class, GrammarCommand.class, QuantizeCommand.class,
            SplitCommand.class, MergeCommand.class, BenchCommand.class, DevicesCommand.class,
            ConfigCommand.class, DoctorCommand.class,
            WarmUpCommand.class}, footer = {"",
                    "Every flag can be given as an environment variable, or in a settings file:",
                    "MILLRACE_KAFKA_PORT=9093, or a line kafka-port=9093, stands for --kafka-port 9093. A flag goes",
                    "before a variable, and that before the file; 'millrace config' shows what is in force.", "",
                    "'millrace -m MODEL.gguf -p TEXT' is short for 'millrace complete -m MODEL.gguf -p TEXT'."})
    static final class Root implements Runnable {
        private final Output output;
        private final Map<String, String> environment;

        @Mixin
        private LogFlags logs;

        @Option(names = {"-v",
                "--verbose"}, scope = ScopeType.INHERIT, description = "Show stack traces of failures.")
        private boolean verbose;

        @Option(names = "--config", paramLabel = "FILE", scope = ScopeType.INHERIT, description = "Settings for flags that are not given: a properties file with lines such as kafka-port=9093; ~/.millrace/millrace.properties, if there is one, unless given.")
        @SuppressWarnings("unused") // looked for before the rest is parsed, which needs it
        private Path settingsFile;

        @CommandLine.Spec
        private CommandLine.Model.CommandSpec spec;

        Root(Output output, Map<String, String> environment) {
            this.output = output;
            this.environment = Map.copyOf(environment);
        }

        /** Where the commands under this one print their results. */
        static Output outputOf(CommandLine.Model.CommandSpec command) {
            return ((Root) command.root().userObject()).output;
        }

        /** The variables that the commands under this one may look at; those that stand in for flags are none of theirs. */
        static Map<String, String> environmentOf(CommandLine.Model.CommandSpec command) {
            return ((Root) command.root().userObject()).environment;
        }

        @Override
        public void run() {
            throw new ParameterException(spec.commandLine(), "a command is missing");
        }
    }
}
