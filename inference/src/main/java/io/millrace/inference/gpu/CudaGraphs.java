package io.millrace.inference.gpu;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Submissions that were recorded: what comes a second time is captured into a graph, and from then on is one call. Keeps those that were used last. For one thread at a time,
 * whose context is current.
 */
final class CudaGraphs {
    /** A graph of some hundred kernels takes the driver some hundred KiB. */
    private static final int MOST = 64;
    private static final int CAPTURE_THREAD_LOCAL = 1;
    private static final long NO_FLAGS = 0;

    private final CudaLibrary library;
    private final MemorySegment stream;
    /** By shape, the one used longest ago first; empty for a shape that came once. */
    private final Map<Object, Optional<MemorySegment>> executables = new LinkedHashMap<>(MOST, 0.75f, true);

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
        MemorySegment executable = known.orElseGet(() -> record(launches));
        executables.put(shape, Optional.of(executable));
        library.call(library.graphLaunch, executable, stream);
    }

    private MemorySegment record(Runnable launches) {
        library.call(library.beginCapture, stream, CAPTURE_THREAD_LOCAL);
        MemorySegment graph;
        try {
            launches.run();
        } finally {
            graph = endCapture();
        }
        try {
            return library.pointer(library.graphInstantiate, graph, NO_FLAGS);
        } finally {
            library.call(library.graphDestroy, graph);
        }
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
        executables.values().forEach(executable -> executable.ifPresent(this::destroy));
        executables.clear();
    }
}
