package io.millrace.inference.gguf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of a file, or of several that are one after the other, or of a stretch of them. Nothing is copied but what lies across
 * two parts. Safe for any thread as long as the arena lives.
 */
final class FileBytes {
    private final Arena arena;
    private final List<MemorySegment> parts;
    private final long[] starts;
    private final long size;

    /**
     * Joins parts.
     *
     * @param arena for copies of what lies across parts
     */
    FileBytes(Arena arena, List<MemorySegment> parts) {
        this.arena = arena;
        this.parts = parts.isEmpty() ? List.of(MemorySegment.NULL) : List.copyOf(parts);
        starts = new long[this.parts.size()];
        long total = 0;
        for (int i = 0; i < starts.length; i++) {
            starts[i] = total;
            total += this.parts.get(i).byteSize();
        }
        size = total;
    }

    static FileBytes of(MemorySegment bytes) {
        return new FileBytes(Arena.ofAuto(), List.of(bytes));
    }

    long size() {
        return size;
    }

    /**
     * Some of the bytes.
     *
     * @throws IndexOutOfBoundsException if they are not there
     */
    MemorySegment slice(long offset, long length) {
        checkRange(offset, length);
        int first = partAt(offset);
        MemorySegment part = parts.get(first);
        long within = offset - starts[first];
        if (length <= part.byteSize() - within) {
            return part.asSlice(within, length);
        }
        MemorySegment joined = arena.allocate(length);
        long done = 0;
        for (MemorySegment piece : pieces(offset, length)) {
            MemorySegment.copy(piece, 0, joined, done, piece.byteSize());
            done += piece.byteSize();
        }
        return joined;
    }

    /**
     * A stretch as a file of its own.
     *
     * @throws IndexOutOfBoundsException if it is not there
     */
    FileBytes view(long offset, long length) {
        checkRange(offset, length);
        return new FileBytes(arena, pieces(offset, length));
    }

    private void checkRange(long offset, long length) {
        if (offset < 0 || length < 0 || offset > size - length) {
            throw new IndexOutOfBoundsException(length + " bytes at " + offset + " of " + size);
        }
    }

    private List<MemorySegment> pieces(long offset, long length) {
        var pieces = new ArrayList<MemorySegment>();
        long end = offset + length;
        for (int i = partAt(offset); i < starts.length && starts[i] < end; i++) {
            MemorySegment part = parts.get(i);
            long from = Math.max(0, offset - starts[i]);
            long to = Math.min(part.byteSize(), end - starts[i]);
            pieces.add(part.asSlice(from, to - from));
        }
        return pieces;
    }

    /** The last part that begins at or before a place. */
    private int partAt(long offset) {
        int part = starts.length - 1;
        while (starts[part] > offset) {
            part--;
        }
        return part;
    }
}
