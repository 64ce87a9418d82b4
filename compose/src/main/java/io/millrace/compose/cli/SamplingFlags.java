package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.inference.SamplingOptions;
import io.millrace.ingest.SamplingDefaults;
import io.millrace.schemas.SamplingSettings;
import picocli.CommandLine.Option;

/** How to sample, in llama.cpp's names; of a prompt for the topic, what is not given is left to the worker. */
final class SamplingFlags {
    @Option(names = {"--temp",
            "--temperature"}, paramLabel = "T", description = "Temperature; 0 takes the most likely token always.")
    private Double temperature;

    @Option(names = "--top-k", paramLabel = "K", description = "Keep the K most likely tokens; 0 keeps all.")
    private Integer topK;

    @Option(names = "--top-p", paramLabel = "P", description = "Keep the smallest set of tokens with probability P; 1 keeps all.")
    private Double topP;

    @Option(names = "--min-p", paramLabel = "P", description = "Drop tokens less likely than P times the most likely; 0 keeps all.")
    private Double minP;

    @Option(names = {"--typical", "--typical-p"}, paramLabel = "P", description = "Locally typical sampling; 1 is off.")
    private Double typicalP;

    @Option(names = "--repeat-penalty", paramLabel = "X", description = "Divides the logits of tokens seen lately; 1 is off.")
    private Double repeatPenalty;

    @Option(names = "--frequency-penalty", paramLabel = "X", description = "Taken off a logit for each time its token was seen; 0 is off.")
    private Double frequencyPenalty;

    @Option(names = "--presence-penalty", paramLabel = "X", description = "Taken off a logit whose token was seen; 0 is off.")
    private Double presencePenalty;

    @Option(names = {"-s", "--seed"}, paramLabel = "S", description = "The same seed gives the same text.")
    private Long seed;

    /**
     * With llamafile's defaults for what is not given.
     *
     * @param randomSeed for no seed, or llama.cpp's -1
     * @throws UserException if one is out of range
     */
    SamplingOptions options(long randomSeed) {
        try {
            SamplingOptions options = SamplingDefaults.fill(settings(), randomSeed);
            return seed != null && seed == -1 ? options.withSeed(randomSeed) : options;
        } catch (IllegalArgumentException e) {
            throw new UserException("sampling: " + e.getMessage(), e);
        }
    }

    SamplingSettings settings() {
        return new SamplingSettings(temperature, topP, topK, minP, typicalP, repeatPenalty, frequencyPenalty,
                presencePenalty, seed);
    }
}
