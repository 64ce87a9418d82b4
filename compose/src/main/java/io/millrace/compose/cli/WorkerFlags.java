package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.LanguageModel;
import io.millrace.ingest.IngestOptions;
import io.millrace.schemas.Topics;
import java.time.Duration;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a worker runs its model. */
final class WorkerFlags {
    /** Keys and values of a longer context take gigabytes: asked for by name. */
    static final int LONGEST_DEFAULT_CONTEXT = 8192;

    /** Prompts in hand for each that is generated: those that wait are tokenised when a place becomes free. */
    private static final int IN_FLIGHT_PER_SEQUENCE = 4;

    /** A step has room for a token of each: more would only take memory. */
    private static final int MOST_PARALLEL = 1024;

    @Mixin
    private ModelFlags modelFlags;

    @Option(names = {"-np",
            "--parallel"}, paramLabel = "N", defaultValue = "16", description = "Prompts that are generated at a time; ${DEFAULT-VALUE} unless given.")
    private int parallel;

    @Option(names = "--max-total-tokens", paramLabel = "N", defaultValue = "0", description = "Tokens, of all prompts and answers together, whose keys and values are kept; when they run short, the last prompts make room and are computed again. 0 takes --parallel times --ctx-size, as far as memory allows; ${DEFAULT-VALUE} unless given.")
    private int totalTokens;

    @Option(names = "--drain", paramLabel = "SECONDS", defaultValue = "5", description = "Asked to end, a worker lets its prompts go on for so long; what is not finished then another worker continues. ${DEFAULT-VALUE} unless given.")
    private int drainSeconds;

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
        if (drainSeconds < 0) {
            throw new UserException("--drain must be 0 or more seconds, not " + drainSeconds);
        }
        speculationFlags.requireValid();
        return modelFlags.open();
    }

    /** Opens what guessing ahead takes; the caller closes it, after the engine. */
    OpenSpeculation openSpeculation() {
        return speculationFlags.open();
    }

    /** How to take prompts for an engine. */
    IngestOptions ingest(BrokerAddress address, Topics topics, EngineOptions engine) {
        return IngestOptions.of(address.clientSettings(), topics)
                .withMaxInFlight(IN_FLIGHT_PER_SEQUENCE * engine.maxSequences())
                .withDrainTimeout(Duration.ofSeconds(drainSeconds));
    }

    EngineOptions options(LanguageModel model, OpenSpeculation speculation) {
        return modelFlags.options(model, parallel, LONGEST_DEFAULT_CONTEXT, totalTokens, speculation.speculation());
    }
}
