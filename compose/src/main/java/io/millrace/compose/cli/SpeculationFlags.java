package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.inference.Speculation;
import picocli.CommandLine.Option;

/** How tokens are guessed ahead. */
final class SpeculationFlags {
    private static final int MOST_TOKENS = 64;

    @Option(names = "--lookup", paramLabel = "N", defaultValue = "0", description = "Guess up to N tokens ahead, from what followed the same words before, and compute them in one step: the text stays the same, and comes faster where it repeats itself or its prompt. 0 does not; ${DEFAULT-VALUE} unless given.")
    private int lookup;

    Speculation speculation() {
        if (lookup < 0 || lookup > MOST_TOKENS) {
            throw new UserException("--lookup must be from 0 to " + MOST_TOKENS + ", not " + lookup);
        }
        return lookup == 0 ? Speculation.NONE : new Speculation.PromptLookup(lookup);
    }
}
