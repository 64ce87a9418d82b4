package io.millrace.compose.chaos;

import java.util.Base64;
import java.util.BitSet;

/**
 * What a partition's committed offset says is done: everything before it, and what its metadata adds. Reads the metadata by the description of the format,
 * not by the code that writes it: Base64 of a version byte, a letter for the form, and then either runs of unfinished and finished offsets by turns, as
 * LEB128, or a bit for each offset.
 *
 * @param end the partition's end
 */
record Progress(long committed, String metadata, long end) {
    private static final int HEADER_BYTES = 2;

    /** The first offset that is not done; the partition's end if all are. */
    long firstUnfinished() {
        return committed + finishedFromCommitted().nextClearBit(0);
    }

    boolean isComplete() {
        return firstUnfinished() >= end;
    }

    private BitSet finishedFromCommitted() {
        if (metadata.isEmpty()) {
            return new BitSet();
        }
        byte[] bytes = Base64.getDecoder().decode(metadata);
        if (bytes[0] != 1) {
            throw new IllegalArgumentException("offset metadata of version " + bytes[0] + " is unknown");
        }
        return switch ((char) bytes[1]) {
            case 'R' -> runs(bytes);
            case 'B' -> BitSet.valueOf(java.util.Arrays.copyOfRange(bytes, HEADER_BYTES, bytes.length));
            default -> throw new IllegalArgumentException("offset metadata of form " + (char) bytes[1]
                    + " is unknown");
        };
    }

    private static BitSet runs(byte[] bytes) {
        var finished = new BitSet();
        int offset = 0;
        boolean isFinished = false;
        int length = 0;
        int shift = 0;
        for (int i = HEADER_BYTES; i < bytes.length; i++) {
            length |= (bytes[i] & 0x7f) << shift;
            shift += 7;
            if (bytes[i] >= 0) {
                finished.set(offset, offset + length, isFinished);
                offset += length;
                isFinished = !isFinished;
                length = 0;
                shift = 0;
            }
        }
        return finished;
    }
}
