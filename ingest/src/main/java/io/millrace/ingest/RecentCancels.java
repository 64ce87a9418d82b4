package io.millrace.ingest;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Cancels that came lately, since one may overtake its prompt: the two travel on different topics. Bounded: the oldest is
 * forgotten first. Safe for any thread.
 */
final class RecentCancels {
    /** A prompt may be stamped by another clock than its cancel; one that is newer by more than this is another prompt. */
    static final long CLOCK_SKEW_MILLIS = 10_000;

    private final Map<String, Long> timestamps;

    RecentCancels(int capacity) {
        timestamps = new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
                return size() > capacity;
            }
        };
    }

    /** Remembers a cancel. */
    synchronized void add(String id, long timestampMillis) {
        timestamps.remove(id);
        timestamps.put(id, timestampMillis);
    }

    /** Whether a prompt was cancelled, and not only an earlier prompt of the same id. */
    synchronized boolean concern(String id, long promptTimestampMillis) {
        Long timestamp = timestamps.get(id);
        return timestamp != null && promptTimestampMillis <= timestamp + CLOCK_SKEW_MILLIS;
    }
}
