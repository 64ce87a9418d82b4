package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import picocli.CommandLine.Option;

/** How much to generate, without Kafka. */
final class LengthFlag {
    @Option(names = {"-n", "--n-predict",
            "--predict"}, paramLabel = "N", defaultValue = "-1", description = "Generate at most N tokens; -1 goes on until the text or the context ends.")
    private int maxTokens;

    /**
     * Checks it, before anything is loaded.
     *
     * @throws UserException if it is neither a length nor -1
     */
    void requireValid() {
        if (maxTokens < -1 || maxTokens == 0) {
            throw new UserException("--n-predict must be 1 or more, or -1, not " + maxTokens);
        }
    }

    /** The most tokens to generate. */
    int limit(int contextLength) {
        return maxTokens == -1 ? contextLength : maxTokens;
    }
}
