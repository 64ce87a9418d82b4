package io.millrace.inference.gpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A device through CUDA's driver interface: its primary context, which is made current wherever it is used, and a stream. */
final class CudaContext implements DeviceContext {
    private static final int MOST_ARGUMENTS = 16;
    private static final int STREAM_NON_BLOCKING = 1;

    private final CudaLibrary library;
    private final Set<TensorType> types;
    /** What is to be released, the last first. */
    private final Deque<Runnable> releases = new ArrayDeque<>();
    private final Map<Optional<TensorType>, MemorySegment> modules = new HashMap<>();
    private final Map<String, MemorySegment> kernels = new HashMap<>();
    private final Arena arena = Arena.ofShared();
    private final MemorySegment values = arena.allocate(JAVA_LONG, MOST_ARGUMENTS);
    private final MemorySegment pointers = arena.allocate(ADDRESS, MOST_ARGUMENTS);
    private MemorySegment context;
    private MemorySegment stream;
    private CudaLauncher launcher;
    private CudaGraphs graphs;

    private CudaContext(CudaLibrary library, Set<TensorType> types) {
        this.library = library;
        this.types = Set.copyOf(types);
        releases.push(arena::close);
        for (int i = 0; i < MOST_ARGUMENTS; i++) {
            pointers.setAtIndex(ADDRESS, i, values.asSlice(i * JAVA_LONG.byteSize()));
        }
    }

    static CudaContext open(CudaLibrary library, int device, Ptx.Target target, Set<TensorType> types) {
        var opened = new CudaContext(library, types);
        try {
            opened.open(device, target);
            return opened;
        } catch (RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    private void open(int device, Ptx.Target target) {
        context = library.pointer(library.primaryContextRetain, device);
        releases.push(() -> library.call(library.primaryContextRelease, device));
        enter();
        stream = library.pointer(library.streamCreate, STREAM_NON_BLOCKING);
        releases.push(() -> library.call(library.streamDestroy, stream));
        launcher = CudaLauncher.of(library, arena, stream, target);
        load(new Ptx(target, Optional.empty()));
        types.forEach(type -> load(new Ptx(target, Optional.of(type))));
        graphs = new CudaGraphs(library, stream);
        releases.push(graphs::close);
    }

    private void load(Ptx ptx) {
        try (Arena texts = Arena.ofConfined()) {
            MemorySegment module = library.pointer(library.moduleLoadData, texts.allocateFrom(ptx.text()));
            releases.push(() -> library.call(library.moduleUnload, module));
            modules.put(ptx.type(), module);
        }
    }

    /** A context is a thread's: whatever thread calls has it from here on. */
    private void enter() {
        library.call(library.contextSetCurrent, context);
    }

    @Override
    public long freeBytes() {
        enter();
        try (Arena result = Arena.ofConfined()) {
            MemorySegment free = result.allocate(JAVA_LONG);
            library.call(library.memoryGetInfo, free, result.allocate(JAVA_LONG));
            return free.get(JAVA_LONG, 0);
        }
    }

    @Override
    public DeviceMemory allocate(long bytes) {
        enter();
        return new Memory(library.longNumber(library.memoryAllocate, bytes), bytes);
    }

    @Override
    public void upload(MemorySegment from, DeviceMemory to, long toOffset) {
        enter();
        library.call(library.copyToDevice, address(to) + toOffset, from, from.byteSize(), stream);
    }

    @Override
    public void download(DeviceMemory from, long fromOffset, MemorySegment to) {
        enter();
        library.call(library.copyToHost, to, address(from) + fromOffset, to.byteSize(), stream);
        finish();
    }

    private static long address(DeviceMemory memory) {
        return ((Memory) memory).address();
    }

    @Override
    public void launch(String kernel, Grid grid, Argument... arguments) {
        enter();
        MemorySegment function = kernels.computeIfAbsent(kernel, this::function);
        for (int i = 0; i < arguments.length; i++) {
            long at = i * JAVA_LONG.byteSize();
            switch (arguments[i]) {
                case Argument.Word word -> values.set(JAVA_INT, at, word.bits());
                case DeviceMemory memory -> values.set(JAVA_LONG, at, address(memory));
            }
        }
        launcher.launch(function, grid, pointers);
    }

    private MemorySegment function(String name) {
        Optional<TensorType> type = KernelSource.typeOf(name, types);
        try (Arena texts = Arena.ofConfined()) {
            return library.pointer(library.moduleGetFunction, modules.get(type), texts.allocateFrom(name));
        }
    }

    @Override
    public void submit(Object shape, Runnable launches) {
        enter();
        graphs.run(shape, launches);
    }

    @Override
    public void finish() {
        enter();
        library.call(library.streamSynchronize, stream);
    }

    @Override
    public void close() {
        if (context != null) {
            releases.push(this::enter); // modules and streams go from the current context
        }
        Releases.all(releases);
    }

    /** A piece of the device's memory. */
    private final class Memory implements DeviceMemory {
        private final long address;
        private final long bytes;
        private boolean closed;

        Memory(long address, long bytes) {
            this.address = address;
            this.bytes = bytes;
        }

        long address() {
            if (closed) {
                throw new IllegalStateException("device memory is used after it was closed");
            }
            return address;
        }

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public void close() {
            long released = address();
            closed = true;
            enter();
            library.call(library.memoryFree, released);
        }
    }
}
