package io.millrace.inference;

import io.millrace.inference.draft.Drafter;
import io.millrace.inference.draft.PromptLookup;

/** Makes each generation its drafter, and holds what they share. Any thread may ask; closed once no step runs any more. */
final class Drafters implements AutoCloseable {
    private final Speculation speculation;
    /** Of the draft model; null if there is none. */
    private final Computation computation;

    /**
     * Makes ready for an engine.
     *
     * @param model whose generations are guessed at
     * @throws IllegalArgumentException if the draft model has other tokens than the model, or cannot keep its cache as the options say
     */
    Drafters(LanguageModel model, EngineOptions options) {
        speculation = options.speculation();
        speculation.requireFits(model);
        computation = speculation instanceof Speculation.DraftModel draft
                ? new Computation(draft.model(),
                        options.withOffload(Offload.NONE)
                                .withMaxBatchTokens(Math.max(options.maxSequences(), ModelDrafter.BATCH_TOKENS)),
                        1)
                : null;
    }

    Drafter create() {
        return switch (speculation) {
            case Speculation.None _ -> Drafter.NONE;
            case Speculation.PromptLookup _ -> new PromptLookup();
            case Speculation.DraftModel draft -> new ModelDrafter(draft.model(), computation, draft.tokens());
        };
    }

    @Override
    public void close() {
        if (computation != null) {
            computation.close();
        }
    }
}
