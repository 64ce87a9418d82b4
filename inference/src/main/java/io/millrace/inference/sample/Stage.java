package io.millrace.inference.sample;

/** Drops candidates; at least one stays. */
interface Stage {
    /**
     * Drops some.
     *
     * @param chance from 0 to below 1, drawn for this stage alone
     */
    void apply(Candidates candidates, double chance);
}
