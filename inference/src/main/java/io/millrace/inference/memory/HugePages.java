package io.millrace.inference.memory;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** Linux's transparent huge pages, for memory that asks for them: mmap(2) and madvise(2). */
final class HugePages {
    private static final long PAGE_BYTES = 2L << 20;
    private static final int READ_WRITE = 3;
    private static final int PRIVATE_ANONYMOUS = 0x22;
    private static final int ADVISE_HUGE_PAGES = 14;
    private static final long FAILED = -1;

    private final MethodHandle mmap;
    private final MethodHandle munmap;
    private final MethodHandle madvise;

    private HugePages(Linker linker) {
        mmap = handle(linker, "mmap",
                FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
        munmap = handle(linker, "munmap", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG));
        madvise = handle(linker, "madvise", FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    }

    private static MethodHandle handle(Linker linker, String name, FunctionDescriptor signature) {
        return linker.downcallHandle(linker.defaultLookup().findOrThrow(name), signature);
    }

    /** None on other systems, whose numbers for the same calls differ. */
    static Optional<HugePages> find() {
        return System.getProperty("os.name").equals("Linux")
                ? Optional.of(new HugePages(Linker.nativeLinker()))
                : Optional.empty();
    }

    /**
     * Maps memory that begins on a huge page. Whether it really comes in huge pages is up to the system.
     *
     * @param arena gives it back when closed
     * @throws OutOfMemoryError if there is none
     */
    MemorySegment map(long bytes, Arena arena) {
        long mapped = Math.addExact(bytes, PAGE_BYTES);
        try {
            var start = (MemorySegment) mmap.invokeExact(MemorySegment.NULL, mapped, READ_WRITE, PRIVATE_ANONYMOUS, -1,
                    0L);
            if (start.address() == FAILED) {
                throw new OutOfMemoryError("the system has no " + (bytes >> 20) + " MiB of memory left");
            }
            MemorySegment whole = start.reinterpret(mapped, arena, this::unmap);
            MemorySegment aligned = whole.asSlice(-start.address() & (PAGE_BYTES - 1), bytes);
            // a refusal is no failure: the memory then comes in small pages
            int refused = (int) madvise.invokeExact(aligned, bytes, ADVISE_HUGE_PAGES);
            assert refused <= 0;
            return aligned;
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private void unmap(MemorySegment memory) {
        try {
            if ((int) munmap.invokeExact(memory, memory.byteSize()) != 0) {
                throw new IllegalStateException("munmap failed");
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
