package io.millrace.inference.sample;

/**
 * Keeps the most likely tokens. They are put in order even where no more were offered, as the order that selecting them left depends on more
 * than their logits.
 */
record TopK(int most) implements Stage {
    @Override
    public void apply(Candidates candidates, double chance) {
        candidates.sort();
        candidates.keepFirst(Math.min(most, candidates.count()));
    }
}
