package io.millrace.inference.gpu;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Submissions that were recorded: what comes a second time is captured into a graph, and from then on is one call. Keeps those that were used last. For one thread at a time,
 * whose context is current.
 */
final class CudaGraphs {
    /** A graph of some hundred kernels takes the driver some hundred KiB. */
    private static final int MOST = 64;
    private static final int CAPTURE_THREAD_LOCAL = 1;
    private static final long NO_FLAGS = 0;
    private static final Logger LOG = LoggerFactory.getLogger(CudaGraphs.class);

    private final CudaLibrary library;
    private final MemorySegment stream;
    /** By shape, the one used longest ago first; empty for a shape that came once. */
    private final Map<Object, Optional<MemorySegment>> executables = new LinkedHashMap<>(MOST, 0.75f, true);
    private boolean records = true;

    CudaGraphs(CudaLibrary library, MemorySegment stream) {
        this.library = library;
        this.stream = stream;
    }

    void run(Object shape, Runnable launches) {
        Optional<MemorySegment> known = executables.get(shape);
        if (known == null) {
            makeRoom();
            executables.put(shape, Optional.empty());
            launches.run();
            return;
        }
        Optional<MemorySegment> executable = known.or(() -> record(launches));
        executables.put(shape, executable);
        executable.ifPresentOrElse(graph -> library.call(library.graphLaunch, graph, stream), launches);
    }

    /** Nothing is lost where a driver cannot record what it can launch; what fails for another reason fails again then. */
    private Optional<MemorySegment> record(Runnable launches) {
        if (!records) {
            return Optional.empty();
        }
        try {
            MemorySegment graph = capture(launches);
            try {
                return Optional.of(library.pointer(library.graphInstantiate, graph, NO_FLAGS));
            } finally {
                library.call(library.graphDestroy, graph);
            }
        } catch (GpuException e) {
            records = false;
            LOG.warn("kernels are launched one by one, which is slower: the driver does not record them ({})",
                    e.getMessage());
            return Optional.empty();
        }
    }

    private MemorySegment capture(Runnable launches) {
        library.call(library.beginCapture, stream, CAPTURE_THREAD_LOCAL);
        try {
            launches.run();
        } catch (RuntimeException | Error e) {
            try {
                library.call(library.graphDestroy, endCapture());
            } catch (GpuException suppressed) {
                e.addSuppressed(suppressed);
            }
            throw e;
        }
        return endCapture();
    }

    private MemorySegment endCapture() {
        try (Arena results = Arena.ofConfined()) {
            MemorySegment graph = results.allocate(ADDRESS);
            library.call(library.endCapture, stream, graph);
            return graph.get(ADDRESS, 0);
        }
    }

    private void makeRoom() {
        if (executables.size() == MOST) {
            Object eldest = executables.keySet().iterator().next();
            executables.remove(eldest).ifPresent(this::destroy);
        }
    }

    private void destroy(MemorySegment executable) {
        library.call(library.graphExecDestroy, executable);
    }

    void close() {
        Deque<Runnable> releases = new ArrayDeque<>();
        executables.values().forEach(executable -> executable.ifPresent(graph -> releases.push(() -> destroy(graph))));
        executables.clear();
        Releases.all(releases);
    }
}
