package io.millrace.inference.sample;

/**
 * Now and then excludes top choices: of the tokens that are likely enough, only the least likely stays.
 *
 * @see <a href="https://github.com/oobabooga/text-generation-webui/pull/6335">Weidmann's proposal</a>
 */
record Xtc(float probability, float threshold) implements Stage {
    /** Two tokens cannot both be more likely. */
    private static final float MOST_THRESHOLD = 0.5f;

    @Override
    public void apply(Candidates candidates, double chance) {
        if (chance > probability || threshold > MOST_THRESHOLD) {
            return;
        }
        candidates.sort();
        float[] probabilities = candidates.probabilities();
        int choices = 0;
        while (choices < candidates.count() && probabilities[choices] >= threshold) {
            choices++;
        }
        candidates.dropFirst(Math.max(0, choices - 1));
    }
}
