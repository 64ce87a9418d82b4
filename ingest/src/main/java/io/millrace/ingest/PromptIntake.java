package io.millrace.ingest;

/** Takes prompts from the topic and has them admitted. Runs once; the other methods are safe for any thread. */
interface PromptIntake extends Runnable {
    /** Takes prompts until told to {@link #drain}, then leaves the group. Throws what makes further work impossible. */
    @Override
    void run();

    /** How many prompts were read and are not admitted. */
    int waiting();

    /** Takes no more prompts in; {@link #run} returns when those in hand are committed, or after the drain timeout. */
    void drain();

    /** Takes no more prompts in, and commits none of those in hand: something is wrong. */
    void abandon();
}
