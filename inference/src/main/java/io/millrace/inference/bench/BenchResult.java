package io.millrace.inference.bench;

/**
 * What was measured.
 *
 * @param test {@code prefill} or {@code decode}
 * @param type of most of the weights
 * @param batch sequences at a time
 * @param depth positions before those that were computed
 * @param threads that computed
 * @param tokensPerSecond of all sequences together, the median of some runs
 * @param gigabytesPerSecond 10^9 bytes of weights, keys and values that this took
 * @param roofGigabytesPerSecond 10^9 bytes that could be read, measured in the same process
 */
public record BenchResult(String test, String type, int batch, int depth, int threads, double tokensPerSecond,
        double gigabytesPerSecond, double roofGigabytesPerSecond) {
    /** Of what could be read. */
    public double roofFraction() {
        return gigabytesPerSecond / roofGigabytesPerSecond;
    }
}
