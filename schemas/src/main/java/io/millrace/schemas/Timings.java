package io.millrace.schemas;

/**
 * Where one prompt's time went; all in milliseconds.
 *
 * @param queueMillis from the prompt record's timestamp to its first step in the engine; below 0 when the producer's
 *            clock is ahead
 * @param prefillMillis from the first step to the first token
 * @param decodeMillis from the first token to the last
 */
public record Timings(double queueMillis, double prefillMillis, double decodeMillis) {
    public static final Timings NONE = new Timings(0, 0, 0);

    public Timings {
        if (!Double.isFinite(queueMillis) || !Double.isFinite(prefillMillis) || !Double.isFinite(decodeMillis)) {
            throw new IllegalArgumentException("timings must be finite, not " + queueMillis + ", " + prefillMillis
                    + " and " + decodeMillis + " ms");
        }
    }
}
