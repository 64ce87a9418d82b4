package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.compose.cli.CommandLineInterface.Root;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.Evaluator;
import io.millrace.inference.LanguageModel;
import io.millrace.inference.Perplexity;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "perplexity", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Measures how well a model predicts a text, in chunks of --ctx-size tokens, as llama.cpp's tool does. Lower is better.")
final class PerplexityCommand implements Callable<Integer> {
    private static final int DEFAULT_CONTEXT = 512;

    @Option(names = {"-f", "--file"}, required = true, paramLabel = "FILE", description = "The text.")
    private Path file;

    @Mixin
    private ModelFlags modelFlags;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        String text = PromptText.ofFile(file);
        Output output = Root.outputOf(spec);
        try (LanguageModel model = modelFlags.open()) {
            EngineOptions options = modelFlags.options(model, 1, DEFAULT_CONTEXT);
            int[] tokens = model.encode(text);
            int context = options.contextLength();
            try (var evaluator = new Evaluator(model, options);
                    var progress = Progress.bar("chunks", Perplexity.chunks(tokens.length, context))) {
                Perplexity perplexity = Perplexity.of(evaluator, tokens, context, progress::stepTo);
                output.printLine(String.format(Locale.ROOT, "PPL = %.4f +/- %.5f", perplexity.value(),
                        perplexity.error()));
            } catch (IllegalArgumentException e) {
                throw new UserException(file + ": " + e.getMessage(), e);
            }
        }
        return 0;
    }
}
