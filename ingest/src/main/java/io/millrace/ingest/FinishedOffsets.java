package io.millrace.ingest;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Which offsets from {@code base} on are finished, as lengths of runs that alternate between unfinished and finished
 * offsets, beginning with unfinished and ending with finished. Immutable.
 *
 * <p>Written as text for the metadata of a committed offset: Base64 of a version byte, a byte for the form, and then either
 * the runs as variable-length integers (LEB128) or one bit an offset, whichever is shorter.
 */
record FinishedOffsets(long base, List<Long> runs) {
    private static final int VERSION = 1;
    private static final int FORM_RUNS = 'R';
    private static final int FORM_BITS = 'B';
    private static final int HEADER_BYTES = 2;

    FinishedOffsets {
        runs = List.copyOf(runs);
        long end = base;
        for (int i = 0; i < runs.size(); i++) {
            if (runs.get(i) < 1) {
                throw new IllegalArgumentException("run " + i + " must be 1 or more offsets long, not " + runs.get(i));
            }
            end = Math.addExact(end, runs.get(i));
        }
        if (runs.size() % 2 != 0) {
            throw new IllegalArgumentException("runs must come in pairs, but there are " + runs.size());
        }
    }

    static FinishedOffsets none(long base) {
        return new FinishedOffsets(base, List.of());
    }

    boolean contains(long offset) {
        return offset < skip(offset);
    }

    /** The first unfinished offset from {@code offset} on. */
    long skip(long offset) {
        long start = base;
        for (int i = 0; i < runs.size(); i += 2) {
            long finished = start + runs.get(i);
            start = finished + runs.get(i + 1);
            if (offset < finished) {
                return offset;
            }
            if (offset < start) {
                return start;
            }
        }
        return offset;
    }

    /** One more than the last finished offset; {@code base} if there is none. */
    long end() {
        return base + runs.stream().mapToLong(Long::longValue).sum();
    }

    /** What is left from {@code offset} on; {@code offset} must not be finished, nor lie before {@code base}. */
    FinishedOffsets from(long offset) {
        var left = new Builder(offset);
        long start = base;
        for (int i = 0; i < runs.size(); i++) {
            long end = start + runs.get(i);
            left.append(i % 2 == 1, Math.max(0, end - Math.max(start, offset)));
            start = end;
        }
        return left.build();
    }

    /** The text for a committed offset's metadata; empty if nothing is finished beyond it. */
    String encode() {
        if (runs.isEmpty()) {
            return "";
        }
        byte[] asRuns = runBytes();
        long bitBytes = HEADER_BYTES + (end() - base + Byte.SIZE - 1) / Byte.SIZE;
        return Base64.getEncoder().withoutPadding()
                .encodeToString(bitBytes < asRuns.length ? bits((int) bitBytes) : asRuns);
    }

    /**
     * Reads what {@link #encode} wrote.
     *
     * @throws IllegalArgumentException if the text is nothing of the kind
     */
    static FinishedOffsets decode(long base, String metadata) {
        if (metadata.isEmpty()) {
            return none(base);
        }
        byte[] bytes = Base64.getDecoder().decode(metadata);
        if (bytes.length < HEADER_BYTES || bytes[0] != VERSION) {
            throw new IllegalArgumentException("it does not begin with version " + VERSION);
        }
        return switch (bytes[1]) {
            case FORM_RUNS -> fromRuns(base, bytes);
            case FORM_BITS -> fromBits(base, bytes);
            default -> throw new IllegalArgumentException("form " + bytes[1] + " is unknown");
        };
    }

    /** How many bytes a run of this length takes. */
    static int varintBytes(long length) {
        return Math.max(1, (Long.SIZE - Long.numberOfLeadingZeros(length) + 6) / 7);
    }

    /** How many characters the text of this many runs may have at most, none of them longer than {@code length}. */
    static long maxCharacters(long runCount, int bytesPerRun) {
        return ((HEADER_BYTES + runCount * bytesPerRun) * 4 + 2) / 3;
    }

    private byte[] runBytes() {
        var out = header(FORM_RUNS);
        for (long run : runs) {
            long rest = run;
            for (; rest > 0x7f; rest >>>= 7) {
                out.write((int) (rest & 0x7f | 0x80));
            }
            out.write((int) rest);
        }
        return out.toByteArray();
    }

    private static FinishedOffsets fromRuns(long base, byte[] bytes) {
        var runs = new ArrayList<Long>();
        long run = 0;
        int shift = 0;
        for (int i = HEADER_BYTES; i < bytes.length; i++) {
            if (shift >= Long.SIZE - 1) {
                throw new IllegalArgumentException("a run is longer than any partition");
            }
            run |= (bytes[i] & 0x7fL) << shift;
            shift += 7;
            if (bytes[i] >= 0) {
                runs.add(run);
                run = 0;
                shift = 0;
            }
        }
        if (shift != 0) {
            throw new IllegalArgumentException("it ends inside a run");
        }
        return new FinishedOffsets(base, runs);
    }

    private byte[] bits(int byteCount) {
        var bytes = new byte[byteCount];
        bytes[0] = VERSION;
        bytes[1] = FORM_BITS;
        int bit = 0;
        for (int i = 0; i < runs.size(); i++) {
            int end = bit + Math.toIntExact(runs.get(i));
            for (; bit < end; bit++) {
                if (i % 2 == 1) {
                    bytes[HEADER_BYTES + bit / Byte.SIZE] |= (byte) (1 << bit % Byte.SIZE);
                }
            }
        }
        return bytes;
    }

    private static FinishedOffsets fromBits(long base, byte[] bytes) {
        var builder = new Builder(base);
        for (int bit = 0; bit < (bytes.length - HEADER_BYTES) * Byte.SIZE; bit++) {
            builder.append((bytes[HEADER_BYTES + bit / Byte.SIZE] >> bit % Byte.SIZE & 1) == 1, 1);
        }
        return builder.build();
    }

    private static ByteArrayOutputStream header(int form) {
        var out = new ByteArrayOutputStream();
        out.write(VERSION);
        out.write(form);
        return out;
    }

    /** Puts runs one behind the other, starting at {@code base}; neighbours of the same kind become one. */
    static final class Builder {
        private final long base;
        private final List<Long> runs = new ArrayList<>();

        Builder(long base) {
            this.base = base;
        }

        Builder append(boolean finished, long length) {
            if (length <= 0) {
                return this;
            }
            if (runs.isEmpty() && finished) {
                throw new IllegalArgumentException("offset " + base + " is finished, so the base lies beyond it");
            }
            boolean lastIsFinished = runs.size() % 2 == 0;
            if (!runs.isEmpty() && finished == lastIsFinished) {
                runs.set(runs.size() - 1, runs.getLast() + length);
            } else {
                runs.add(length);
            }
            return this;
        }

        FinishedOffsets build() {
            boolean endsUnfinished = runs.size() % 2 == 1;
            return new FinishedOffsets(base, endsUnfinished ? runs.subList(0, runs.size() - 1) : runs);
        }
    }
}
