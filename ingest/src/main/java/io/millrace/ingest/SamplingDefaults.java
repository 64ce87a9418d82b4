package io.millrace.ingest;

import static java.util.Objects.requireNonNullElse;

import io.millrace.inference.SamplingOptions;
import io.millrace.inference.SamplingOptions.Penalties;
import io.millrace.inference.SamplingOptions.Temperature;
import io.millrace.inference.SamplingOptions.Truncation;
import io.millrace.schemas.SamplingSettings;

/** What sampling settings leave open is {@link SamplingOptions#DEFAULT}. */
public final class SamplingDefaults {
    private SamplingDefaults() {}

    /**
     * Fills in what is not given.
     *
     * @param seed if none is wanted
     * @throws IllegalArgumentException if a setting is out of range
     */
    public static SamplingOptions fill(SamplingSettings wanted, long seed) {
        var defaults = SamplingOptions.DEFAULT;
        var truncation = defaults.truncation();
        var penalties = defaults.penalties();
        return defaults.withTemperature(Temperature.of(value(wanted.temperature(), defaults.temperature().value())))
                .withTruncation(new Truncation(requireNonNullElse(wanted.topK(), truncation.topK()),
                        value(wanted.topP(), truncation.topP()), value(wanted.minP(), truncation.minP()),
                        value(wanted.typicalP(), truncation.typicalP()), truncation.topNSigma(),
                        truncation.xtcProbability(), truncation.xtcThreshold()))
                .withPenalties(new Penalties(value(wanted.repeatPenalty(), penalties.repeat()), penalties.lastTokens(),
                        value(wanted.frequencyPenalty(), penalties.frequency()),
                        value(wanted.presencePenalty(), penalties.presence())))
                .withSeed(requireNonNullElse(wanted.seed(), seed));
    }

    private static float value(Double wanted, float otherwise) {
        if (wanted == null) {
            return otherwise;
        }
        // what is above 0 as a double must not become 0
        return wanted > 0 ? Math.max(Float.MIN_NORMAL, wanted.floatValue()) : wanted.floatValue();
    }
}
