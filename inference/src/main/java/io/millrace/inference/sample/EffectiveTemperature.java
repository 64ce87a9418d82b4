package io.millrace.inference.sample;

import io.millrace.inference.SamplingOptions.Temperature;

/** The temperature of one draw: lower where the model is sure, higher where it is not, if the options say so. */
final class EffectiveTemperature {
    private EffectiveTemperature() {}

    static double of(Temperature options, Candidates candidates) {
        if (options.range() == 0 || candidates.count() < 2) {
            return Math.max(options.value(), Float.MIN_NORMAL);
        }
        float[] probabilities = candidates.probabilities();
        double entropy = 0;
        for (int i = 0; i < candidates.count(); i++) {
            entropy -= probabilities[i] > 0 ? probabilities[i] * Math.log(probabilities[i]) : 0;
        }
        double share = Math.pow(entropy / Math.log(candidates.count()), options.exponent());
        double least = Math.max(0, options.value() - options.range());
        double most = options.value() + options.range();
        return Math.max(least + (most - least) * share, Float.MIN_NORMAL);
    }
}
