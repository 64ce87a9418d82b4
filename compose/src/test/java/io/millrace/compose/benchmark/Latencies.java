package io.millrace.compose.benchmark;

import java.util.Arrays;
import java.util.Locale;

/** From writing an event until a subscriber had it. */
final class Latencies {
    private final long[] nanos;

    /** Of these, in any order. */
    Latencies(long[] nanos) {
        this.nanos = nanos.clone();
        Arrays.sort(this.nanos);
    }

    private double millis(int percent) {
        return nanos[(nanos.length - 1) * percent / 100] / 1e6;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%d events, %.1f ms (median), %.1f (90 %%), %.1f (99 %%), %.1f (worst)",
                nanos.length, millis(50), millis(90), millis(99), millis(100));
    }
}
