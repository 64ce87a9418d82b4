package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.inference.LanguageModel;
import io.millrace.inference.Speculation;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** How tokens are guessed ahead. */
final class SpeculationFlags {
    private static final int MOST_TOKENS = 64;

    @Option(names = "--lookup", paramLabel = "N", defaultValue = "0", description = "Guess up to N tokens ahead, from what followed the same words before, and compute them in one step: the text stays the same, and comes faster where it repeats itself or its prompt. 0 does not; ${DEFAULT-VALUE} unless given.")
    private int lookup;

    @Option(names = {"-md",
            "--model-draft"}, paramLabel = "FILE", description = "A smaller model with the same tokens, which guesses ahead in the same way.")
    private Path draftModel;

    @Option(names = {"--draft-max",
            "--draft"}, paramLabel = "N", defaultValue = "8", description = "How many tokens it guesses at most; ${DEFAULT-VALUE} unless given.")
    private int draftTokens;

    /** Checks what can be checked before anything is loaded. */
    void requireValid() {
        if (lookup < 0 || lookup > MOST_TOKENS) {
            throw new UserException("--lookup must be from 0 to " + MOST_TOKENS + ", not " + lookup);
        }
        if (draftTokens < 1 || draftTokens > MOST_TOKENS) {
            throw new UserException("--draft-max must be from 1 to " + MOST_TOKENS + ", not " + draftTokens);
        }
        if (lookup > 0 && draftModel != null) {
            throw new UserException("give either --lookup or --model-draft, not both");
        }
    }

    /** Opens what it takes; the caller closes it, after the engine. */
    OpenSpeculation open() {
        requireValid();
        if (draftModel != null) {
            return new OpenSpeculation(new Speculation.DraftModel(LanguageModel.load(draftModel), draftTokens));
        }
        return new OpenSpeculation(lookup == 0 ? Speculation.none() : new Speculation.PromptLookup(lookup));
    }
}
