package io.millrace.inference.sample;

/** Drops logits further below the greatest than some standard deviations (Tang et al. 2024). */
record TopNSigma(float deviations) implements Stage {
    @Override
    public void apply(Candidates candidates, double chance) {
        double sum = 0;
        double squares = 0;
        int finite = 0;
        for (int i = 0; i < candidates.count(); i++) {
            double logit = candidates.logit(i);
            if (logit != Double.NEGATIVE_INFINITY) {
                sum += logit;
                squares += logit * logit;
                finite++;
            }
        }
        double mean = sum / finite;
        double deviation = Math.sqrt(Math.max(0, squares / finite - mean * mean));
        candidates.keepFrom((float) (candidates.maxLogit() - deviations * deviation));
    }
}
