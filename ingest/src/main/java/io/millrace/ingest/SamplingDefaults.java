package io.millrace.ingest;

import static java.util.Objects.requireNonNullElse;

import io.millrace.inference.SamplingOptions;
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
        return new SamplingOptions(value(wanted.temperature(), defaults.temperature()),
                requireNonNullElse(wanted.topK(), defaults.topK()), value(wanted.topP(), defaults.topP()),
                value(wanted.minP(), defaults.minP()), value(wanted.typicalP(), defaults.typicalP()),
                value(wanted.repeatPenalty(), defaults.repeatPenalty()), defaults.repeatLastTokens(),
                value(wanted.frequencyPenalty(), defaults.frequencyPenalty()),
                value(wanted.presencePenalty(), defaults.presencePenalty()),
                requireNonNullElse(wanted.seed(), seed));
    }

    private static float value(Double wanted, float otherwise) {
        if (wanted == null) {
            return otherwise;
        }
        // what is above 0 as a double must not become 0
        return wanted > 0 ? Math.max(Float.MIN_NORMAL, wanted.floatValue()) : wanted.floatValue();
    }
}
