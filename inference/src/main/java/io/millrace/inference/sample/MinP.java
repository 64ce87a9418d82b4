package io.millrace.inference.sample;

/** Drops tokens less likely than a fraction of the most likely one (Nguyen et al. 2024). */
record MinP(float fraction) implements Stage {
    @Override
    public void apply(Candidates candidates, double chance) {
        candidates.keepFrom(candidates.maxLogit() + (float) Math.log(fraction));
    }
}
