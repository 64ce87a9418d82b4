package io.millrace.ingest;

import io.millrace.inference.GenerationEvent;
import io.millrace.schemas.ScoredToken;
import io.millrace.schemas.TokenLogprobs;
import java.util.ArrayList;
import java.util.List;

/** What the engine says of tokens' likelihoods, for readers who do not know the vocabulary. */
final class Likelihoods {
    private Likelihoods() {}

    /** Null if nobody asked for them. */
    static TokenLogprobs of(GenerationEvent.Token token, PromptRunner runner) {
        return token.likelihood().map(likelihood -> new TokenLogprobs(
                scored(token.id(), likelihood.logProbability(), runner), likelihood.others().stream()
                        .map(other -> scored(other.token(), other.logProbability(), runner)).toList()))
                .orElse(null);
    }

    private static ScoredToken scored(int token, float logProbability, PromptRunner runner) {
        List<Integer> bytes = new ArrayList<>();
        for (byte value : runner.bytes(token)) {
            bytes.add(Byte.toUnsignedInt(value));
        }
        // what is impossible has no logarithm, and JSON no infinity; rounding may go a little beyond certainty
        return new ScoredToken(token, bytes, Math.clamp(logProbability, -Float.MAX_VALUE, 0));
    }
}
