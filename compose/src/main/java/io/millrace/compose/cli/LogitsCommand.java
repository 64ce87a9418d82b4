package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.compose.cli.CommandLineInterface.Root;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.Evaluator;
import io.millrace.inference.LanguageModel;
import io.millrace.inference.PositionLogits;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "logits", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Prints what a model predicts at places of a sequence of tokens, a JSON object a line.")
final class LogitsCommand implements Callable<Integer> {
    @Option(names = "--tokens", required = true, paramLabel = "FILE", description = "The token ids, as 'millrace tokenize' prints them or one a line; a beginning-of-sequence token is not added.")
    private Path tokensFile;

    @Option(names = "--positions", required = true, split = ",", paramLabel = "N", description = "Positions from 0, with commas between them.")
    private List<Integer> positions;

    @Option(names = "--top", paramLabel = "N", defaultValue = "8", description = "How many of the most likely tokens to print; ${DEFAULT-VALUE} unless given.")
    private int top;

    @Mixin
    private ModelFlags modelFlags;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (top < 0) {
            throw new UserException("--top must be 0 or more, not " + top);
        }
        int[] tokens = TokenIds.parse(PromptText.ofFile(tokensFile), tokensFile);
        var wanted = new TreeSet<>(positions);
        if (wanted.first() < 0 || wanted.last() >= tokens.length) {
            throw new UserException("--positions must be from 0 to " + (tokens.length - 1) + ", as there are "
                    + tokens.length + " tokens");
        }
        Output output = Root.outputOf(spec);
        try (LanguageModel model = modelFlags.open()) {
            EngineOptions options = modelFlags.options(model, 1, Integer.MAX_VALUE)
                    .withContextLength(Math.max(2, wanted.last() + 1));
            try (var evaluator = new Evaluator(model, options)) {
                evaluator.run(Arrays.copyOf(tokens, wanted.last() + 1), wanted::contains,
                        logits -> output.printLine(json(logits)));
            } catch (IllegalArgumentException e) {
                throw new UserException(tokensFile + ": " + e.getMessage(), e);
            }
        }
        return 0;
    }

    private String json(PositionLogits logits) {
        String likely = logits.top(top).stream()
                .map(token -> String.format(Locale.ROOT, "[%d,%.6f]", token, logits.logit(token)))
                .collect(Collectors.joining(","));
        return String.format(Locale.ROOT, "{\"pos\":%d,\"logsumexp\":%.6f,\"top\":[%s]}", logits.position(),
                logits.logSumExp(), likely);
    }
}
