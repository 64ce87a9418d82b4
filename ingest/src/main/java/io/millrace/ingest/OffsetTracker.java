package io.millrace.ingest;

import java.util.TreeSet;

/**
 * What is done of one partition, when records finish in another order than they came. Pure bookkeeping: knows no
 * consumer. Belongs to one thread, or to a lock.
 *
 * <p>The offset to commit is the lowest that is not finished; what is finished beyond it goes into the commit's metadata,
 * so that the partition's next owner skips it. Offsets that were never delivered (transaction markers, compacted records)
 * count as finished once a later one was.
 */
final class OffsetTracker {
    /** Kafka's own {@code offset.metadata.max.bytes}. */
    static final int DEFAULT_MAX_METADATA_CHARACTERS = 4096;

    private final int maxMetadataCharacters;
    private final FinishedOffsets restored;
    private final TreeSet<Long> inFlight = new TreeSet<>();
    private long next;

    /**
     * Goes on where the last owner of the partition ended.
     *
     * @param committedOffset the committed offset; 0 if there is none
     * @param metadata its metadata; empty if there is none
     * @param maxMetadataCharacters the broker's {@code offset.metadata.max.bytes}
     * @throws IllegalArgumentException if the metadata was not written by a tracker
     */
    OffsetTracker(long committedOffset, String metadata, int maxMetadataCharacters) {
        this.maxMetadataCharacters = maxMetadataCharacters;
        this.restored = FinishedOffsets.decode(committedOffset, metadata);
        this.next = committedOffset;
    }

    /** Takes a record in; false if it was finished before, or is in flight already, and must be passed over. */
    boolean begin(long offset) {
        if (offset < next) {
            return false;
        }
        boolean unfinished = !restored.contains(offset);
        if (unfinished) {
            inFlight.add(offset);
        }
        next = restored.skip(offset + 1);
        return unfinished;
    }

    /** Marks a record that is in flight as finished. */
    void finish(long offset) {
        if (!inFlight.remove(offset)) {
            throw new IllegalStateException("offset " + offset + " is not in flight, so it cannot be finished");
        }
    }

    int inFlight() {
        return inFlight.size();
    }

    /** The offset to commit: everything before it is finished. */
    long committable() {
        return inFlight.isEmpty() ? next : inFlight.first();
    }

    /** The metadata to commit with {@link #committable}; empty if nothing beyond it is finished. */
    String metadata() {
        String metadata = finishedBeyond().encode();
        if (metadata.length() > maxMetadataCharacters) {
            throw new IllegalStateException("what is finished beyond offset " + committable() + " takes "
                    + metadata.length() + " characters, more than the " + maxMetadataCharacters
                    + " allowed: raise the broker's offset.metadata.max.bytes");
        }
        return metadata;
    }

    /**
     * Whether one more record may be taken in. If not, intake must wait for records in flight: were they to finish in the
     * worst order, the metadata would not fit. True whenever nothing is in flight, as a single record adds nothing.
     */
    boolean hasRoom() {
        if (inFlight.isEmpty()) {
            return true;
        }
        long range = Math.max(next, restored.end()) - committable() + 1;
        // an unfinished and a finished run around each record; one byte a run to spare, as the next record may be far off
        long runs = 2L * (inFlight.size() + 1) + restored.runs().size();
        return FinishedOffsets.maxCharacters(runs, FinishedOffsets.varintBytes(range) + 1) <= maxMetadataCharacters;
    }

    private FinishedOffsets finishedBeyond() {
        long base = committable();
        var finished = new FinishedOffsets.Builder(base);
        long seen = base;
        for (long offset : inFlight) {
            finished.append(true, offset - seen).append(false, 1);
            seen = offset + 1;
        }
        finished.append(true, next - seen);
        FinishedOffsets ahead = restored.from(Math.max(next, restored.base()));
        for (int i = 0; i < ahead.runs().size(); i++) {
            finished.append(i % 2 == 1, ahead.runs().get(i));
        }
        return finished.build();
    }
}
