package io.millrace.inference.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.util.Optional;

/**
 * An allocator for gigabytes that live as long as it does. Where the system has huge pages on request (Linux), it asks for them: first touches and address translations then cost
 * a five-hundredth. Memory is taken in chunks, but a page that nobody touches takes none. It is zero at first. Safe for any thread.
 */
public final class LargeMemory implements SegmentAllocator, AutoCloseable {
    private static final long CHUNK_BYTES = 256L << 20;

    private final Arena arena = Arena.ofShared();
    private final Optional<HugePages> hugePages = HugePages.find();
    private MemorySegment rest = MemorySegment.NULL;

    /**
     * Takes memory.
     *
     * @throws OutOfMemoryError if there is none
     */
    @Override
    public synchronized MemorySegment allocate(long bytes, long alignment) {
        if (hugePages.isEmpty()) {
            return arena.allocate(bytes, alignment);
        }
        long padding = -rest.address() & (alignment - 1);
        if (rest.byteSize() < padding + bytes) {
            rest = hugePages.get().map(Math.max(CHUNK_BYTES, bytes), arena);
            padding = 0; // a page is aligned enough for anybody
        }
        MemorySegment taken = rest.asSlice(padding, bytes);
        rest = rest.asSlice(padding + bytes);
        return taken;
    }

    /** Gives all memory back; nobody may use it any more. */
    @Override
    public void close() {
        arena.close();
    }
}
