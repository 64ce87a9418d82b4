package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.LanguageModel;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a worker runs its model. */
final class WorkerFlags {
    /** Keys and values of a longer context take gigabytes: asked for by name. */
    static final int LONGEST_DEFAULT_CONTEXT = 8192;

    /** A step has room for a token of each: more would only take memory. */
    private static final int MOST_PARALLEL = 1024;

    @Mixin
    private ModelFlags modelFlags;

    @Option(names = {"-np",
            "--parallel"}, paramLabel = "N", defaultValue = "16", description = "Prompts that are generated at a time; ${DEFAULT-VALUE} unless given.")
    private int parallel;

    @Option(names = "--max-total-tokens", paramLabel = "N", defaultValue = "0", description = "Tokens, of all prompts and answers together, whose keys and values are kept; when they run short, the last prompts make room and are computed again. 0 takes --parallel times --ctx-size, as far as memory allows; ${DEFAULT-VALUE} unless given.")
    private int totalTokens;

    @Mixin
    private SpeculationFlags speculationFlags;

    /** Opens the model, once what can be checked before is right. */
    LanguageModel open() {
        if (parallel < 1 || parallel > MOST_PARALLEL) {
            throw new UserException("--parallel must be from 1 to " + MOST_PARALLEL + ", not " + parallel);
        }
        if (totalTokens < 0) {
            throw new UserException("--max-total-tokens must be 0 or more, not " + totalTokens);
        }
        speculationFlags.requireValid();
        return modelFlags.open();
    }

    /** Opens what guessing ahead takes; the caller closes it, after the engine. */
    OpenSpeculation openSpeculation() {
        return speculationFlags.open();
    }

    EngineOptions options(LanguageModel model, OpenSpeculation speculation) {
        return modelFlags.options(model, parallel, LONGEST_DEFAULT_CONTEXT, totalTokens, speculation.speculation());
    }
}
