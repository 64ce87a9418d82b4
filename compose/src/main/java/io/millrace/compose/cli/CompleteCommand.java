package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.compose.cli.CommandLineInterface.Root;
import io.millrace.inference.Engine;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.EngineStatistics;
import io.millrace.inference.GenerationEvent;
import io.millrace.inference.GenerationEvent.Finished;
import io.millrace.inference.GenerationEvent.Token;
import io.millrace.inference.GenerationException;
import io.millrace.inference.GenerationRequest;
import io.millrace.inference.LanguageModel;
import io.millrace.inference.grammar.Grammar;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "complete", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Continues a text, without Kafka, and prints what is generated. Reads the text from stdin if none is given.")
final class CompleteCommand implements Callable<Integer> {
    /** Generated events asked of the engine at a time: a slow terminal holds it up, and not by much. */
    private static final int PREFETCH = 32;

    @Option(names = {"-p", "--prompt"}, paramLabel = "TEXT", description = "The text to continue.")
    private String prompt;

    @Option(names = {"-f", "--file"}, paramLabel = "FILE", description = "A file with the text to continue.")
    private Path file;

    @Option(names = {"-e", "--escape"}, description = "Resolve \\n, \\t, \\x41 and the like in the text.")
    private boolean escape;

    @Option(names = {"-r", "--reverse-prompt",
            "--stop"}, paramLabel = "TEXT", description = "End where TEXT is generated; may be given several times.")
    private List<String> stop = List.of();

    @Option(names = "--timings", description = "Print figures on stderr when done.")
    private boolean timings;

    @Option(names = "--no-display-prompt", description = "Only the generated text is ever printed; accepted for habit's sake.")
    @SuppressWarnings("UnusedVariable") // says what is the case anyway
    private boolean noDisplayPrompt;

    @Mixin
    private GenerationFlags flags;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Optional<Grammar> grammar = flags.grammar();
        String text = text();
        long startedNanos = System.nanoTime();
        try (LanguageModel model = flags.open(); OpenSpeculation speculation = flags.openSpeculation()) {
            EngineOptions options = flags.options(model, speculation, Integer.MAX_VALUE);
            GenerationRequest request = request(model, text, options.contextLength())
                    .withGrammar(grammar);
            Duration loading;
            Finished finished;
            Engine engine = Engine.start(model, options);
            try (engine) {
                loading = Duration.ofNanos(System.nanoTime() - startedNanos);
                finished = print(engine, request);
            }
            if (timings) {
                report(loading, request.promptTokens().size(), finished);
                reportGuesses(engine.statistics());
            }
        }
        return 0;
    }

    private String text() {
        if (prompt != null && file != null) {
            throw new UserException("give either --prompt or --file, not both");
        }
        String text = prompt != null ? prompt : file != null ? PromptText.ofFile(file) : PromptText.ofStandardInput();
        return escape ? Escapes.resolve(text) : text;
    }

    private GenerationRequest request(LanguageModel model, String text, int contextLength) {
        int[] tokens = model.encode(text);
        if (tokens.length == 0) {
            throw new UserException("the prompt has no tokens: give it some text");
        }
        if (stop.stream().anyMatch(String::isEmpty)) {
            throw new UserException("--reverse-prompt must not be empty");
        }
        List<Integer> promptTokens = Arrays.stream(tokens).boxed().toList();
        return new GenerationRequest(promptTokens, flags.limit(contextLength),
                flags.sampling(model, contextLength), stop,
                GenerationRequest.DEFAULT_PRIORITY);
    }

    private Finished print(Engine engine, GenerationRequest request) {
        Output output = Root.outputOf(spec);
        Finished finished = null;
        try {
            for (GenerationEvent event : engine.generate(request).toIterable(PREFETCH)) {
                switch (event) {
                    case Token token -> output.print(token.text());
                    case Finished end -> finished = end;
                    default -> {
                    }
                }
            }
        } catch (GenerationException e) {
            if (e.kind() == GenerationException.Kind.PROMPT_TOO_LONG) {
                throw new UserException(e.getMessage() + ": shorten it, or give a larger --ctx-size", e);
            }
            if (e.kind() == GenerationException.Kind.GRAMMAR) {
                throw new UserException(e.getMessage(), e);
            }
            throw e;
        }
        if (Output.isTerminal()) {
            output.endLine();
        }
        return finished;
    }

    private void report(Duration loading, int promptTokens, Finished finished) {
        var err = spec.commandLine().getErr();
        // the first token comes of the prompt's last step
        err.printf("load    %8.1f ms%n", millis(loading));
        err.printf("prompt  %8.1f ms %6d tokens %8.1f tokens/s%n", millis(finished.prefill()), promptTokens,
                rate(promptTokens, finished.prefill()));
        err.printf("decode  %8.1f ms %6d tokens %8.1f tokens/s%n", millis(finished.decode()),
                finished.generatedTokens(), rate(finished.generatedTokens() - 1, finished.decode()));
    }

    /** Once the engine is closed. */
    private void reportGuesses(EngineStatistics statistics) {
        if (statistics.draftedTokens() > 0) {
            spec.commandLine().getErr().printf("guesses             %6d tokens %8.1f %% were right%n",
                    statistics.draftedTokens(), 100.0 * statistics.acceptedTokens() / statistics.draftedTokens());
        }
    }

    private static double millis(Duration duration) {
        return duration.toNanos() / 1e6;
    }

    private static double rate(int tokens, Duration duration) {
        return duration.isZero() ? 0 : tokens / (duration.toNanos() / 1e9);
    }
}
