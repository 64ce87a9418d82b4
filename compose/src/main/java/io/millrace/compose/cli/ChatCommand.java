package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.compose.chat.Chat;
import io.millrace.compose.chat.ChatSession;
import io.millrace.compose.chat.Lines;
import io.millrace.compose.chat.PipedLines;
import io.millrace.compose.chat.TerminalLines;
import io.millrace.compose.cli.CommandLineInterface.Root;
import io.millrace.inference.Engine;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.LanguageModel;
import io.millrace.inference.grammar.Grammar;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "chat", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Talks with a model at the terminal, without Kafka. Lines on stdin are answered one after the other.")
final class ChatCommand implements Callable<Integer> {
    @Option(names = {"-sys",
            "--system"}, paramLabel = "TEXT", description = "What the model is told before all else.")
    private String system;

    @Mixin
    private GenerationFlags flags;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Optional<Grammar> grammar = flags.grammar();
        try (LanguageModel model = flags.open(); OpenSpeculation speculation = flags.openSpeculation()) {
            if (model.chatTemplate().isEmpty()) {
                throw new UserException(model.name()
                        + " has no chat template, so it cannot chat: use 'millrace complete', or an instruct model");
            }
            EngineOptions options = flags.options(model, speculation, WorkerFlags.LONGEST_DEFAULT_CONTEXT);
            try (Engine engine = Engine.start(model, options)) {
                var session = new ChatSession(model, engine,
                        flags.sampling(model, options.contextLength()),
                        flags.limit(options.contextLength()),
                        Optional.ofNullable(system), grammar);
                talk(session, model.name());
            }
        }
        return 0;
    }

    private void talk(ChatSession session, String modelName) throws IOException {
        Output output = Root.outputOf(spec);
        if (!Output.isTerminal()) {
            Lines lines = new PipedLines(new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)));
            new Chat(session, lines, output::print).run();
            return;
        }
        try (var lines = TerminalLines.open()) {
            output.printLine("Chatting with " + modelName + ". /help lists the commands, Ctrl-D ends.");
            new Chat(session, lines, output::print).run();
        }
    }
}
