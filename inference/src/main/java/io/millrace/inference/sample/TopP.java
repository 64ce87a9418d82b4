package io.millrace.inference.sample;

/** Keeps the smallest set of most likely tokens whose probability reaches {@code p} (Holtzman et al. 2019, nucleus sampling). */
record TopP(float p) implements Stage {
    @Override
    public void apply(Candidates candidates, double chance) {
        candidates.sort();
        float[] probabilities = candidates.probabilities();
        double sum = 0;
        for (int i = 0; i < candidates.count(); i++) {
            sum += probabilities[i];
            if (sum >= p) {
                candidates.keepFirst(i + 1);
                return;
            }
        }
    }
}
