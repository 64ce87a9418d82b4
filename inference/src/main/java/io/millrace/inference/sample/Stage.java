package io.millrace.inference.sample;

/** Drops candidates; at least one stays. */
interface Stage {
    void apply(Candidates candidates);
}
