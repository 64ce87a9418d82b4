package io.millrace.compose.benchmark;

import io.millrace.schemas.Prompt;
import java.time.Duration;
import java.util.List;

/** One of the two ways to have prompts answered. Used by one thread. */
interface Side {
    String name();

    /** Has all prompts answered, handed over at once. */
    Run run(List<Prompt> prompts);

    /** How long it takes from handing a prompt over to its first token; returns when the prompt has ended. */
    Duration toFirstToken(Prompt prompt);

    /**
     * A round.
     *
     * @param tokens generated, of all prompts
     * @param time from handing over the first prompt to having the last answer
     */
    record Run(long tokens, Duration time) {
        double tokensPerSecond() {
            return tokens * 1e9 / time.toNanos();
        }
    }
}
