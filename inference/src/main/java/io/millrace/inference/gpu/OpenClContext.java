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

/** A device through OpenCL. */
final class OpenClContext implements DeviceContext {
    private static final String OPTIONS = "-cl-std=CL1.2";
    private static final long READ_WRITE = 1;
    private static final int LOG_LINES = 3;

    private final OpenClLibrary library;
    private final DeviceInfo info;
    private final Set<TensorType> types;
    /** What is to be released, the last first. */
    private final Deque<Runnable> releases = new ArrayDeque<>();
    private final Map<String, MemorySegment> kernels = new HashMap<>();
    private final Arena arena = Arena.ofShared();
    private final MemorySegment argument = arena.allocate(JAVA_LONG);
    private final MemorySegment globalSize = arena.allocate(JAVA_LONG, 2);
    private final MemorySegment localSize = arena.allocate(JAVA_LONG, 2);
    private MemorySegment context;
    private MemorySegment queue;
    private final Map<Optional<TensorType>, MemorySegment> programs = new HashMap<>();
    private long takenBytes;

    private OpenClContext(OpenClLibrary library, DeviceInfo info, Set<TensorType> types) {
        this.library = library;
        this.info = info;
        this.types = Set.copyOf(types);
        releases.push(arena::close);
    }

    static OpenClContext open(OpenClLibrary library, DeviceInfo info, MemorySegment device, Set<TensorType> types) {
        var opened = new OpenClContext(library, info, types);
        try {
            opened.open(device);
            return opened;
        } catch (RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    private void open(MemorySegment device) {
        MemorySegment devices = arena.allocateFrom(ADDRESS, device);
        context = library.create(library.createContext, MemorySegment.NULL, 1, devices, MemorySegment.NULL,
                MemorySegment.NULL);
        releases.push(() -> library.call(library.releaseContext, context));
        queue = library.create(library.createCommandQueue, context, device, 0L);
        releases.push(() -> library.call(library.releaseCommandQueue, queue));
        boolean emulates = info.hasMatrixUnits();
        build(devices, Optional.empty(), emulates ? KernelSource.openClWithMatrixUnits() : KernelSource.openCl());
        types.forEach(type -> build(devices, Optional.of(type),
                emulates ? KernelSource.openClWithMatrixUnits(type) : KernelSource.openCl(type)));
    }

    /** Apart by tensor type, so that drivers that keep what they compiled know most of it from another model. */
    private void build(MemorySegment devices, Optional<TensorType> type, String source) {
        try (Arena texts = Arena.ofConfined()) {
            MemorySegment text = texts.allocateFrom(ADDRESS, texts.allocateFrom(source));
            MemorySegment program = library.create(library.createProgramWithSource, context, 1, text,
                    MemorySegment.NULL);
            releases.push(() -> library.call(library.releaseProgram, program));
            int code = library.buildProgram.code(program, 1, devices, texts.allocateFrom(OPTIONS), MemorySegment.NULL,
                    MemorySegment.NULL);
            if (code != 0) {
                throw new GpuException("clBuildProgram failed with " + OpenClLibrary.error(code)
                        + (code == OpenClLibrary.BUILD_FAILED
                                ? ": " + buildLog(program, devices.get(ADDRESS, 0), texts)
                                : ""));
            }
            programs.put(type, program);
        }
    }

    private String buildLog(MemorySegment program, MemorySegment device, Arena texts) {
        MemorySegment size = texts.allocate(JAVA_LONG);
        library.call(library.getProgramBuildInfo, program, device, OpenClLibrary.PROGRAM_BUILD_LOG, 0L,
                MemorySegment.NULL, size);
        MemorySegment log = texts.allocate(size.get(JAVA_LONG, 0) + 1);
        library.call(library.getProgramBuildInfo, program, device, OpenClLibrary.PROGRAM_BUILD_LOG,
                size.get(JAVA_LONG, 0), log, MemorySegment.NULL);
        return String.join(" ", log.getString(0).lines().filter(line -> line.contains("error")).limit(LOG_LINES)
                .toList());
    }

    @Override
    public long freeBytes() {
        return info.memoryBytes() - takenBytes;
    }

    @Override
    public DeviceMemory allocate(long bytes) {
        var memory = new Memory(library.create(library.createBuffer, context, READ_WRITE, bytes, MemorySegment.NULL),
                bytes);
        takenBytes += bytes;
        return memory;
    }

    @Override
    public void upload(MemorySegment from, DeviceMemory to, long toOffset) {
        library.call(library.enqueueWriteBuffer, queue, handle(to), 0, toOffset, from.byteSize(), from, 0,
                MemorySegment.NULL, MemorySegment.NULL);
    }

    @Override
    public void download(DeviceMemory from, long fromOffset, MemorySegment to) {
        library.call(library.enqueueReadBuffer, queue, handle(from), 1, fromOffset, to.byteSize(), to, 0,
                MemorySegment.NULL, MemorySegment.NULL);
    }

    private static MemorySegment handle(DeviceMemory memory) {
        return ((Memory) memory).handle();
    }

    @Override
    public void launch(String kernel, Grid grid, Argument... arguments) {
        MemorySegment handle = kernels.computeIfAbsent(kernel, this::createKernel);
        for (int i = 0; i < arguments.length; i++) {
            switch (arguments[i]) {
                case Argument.Word word -> {
                    argument.set(JAVA_INT, 0, word.bits());
                    library.call(library.setKernelArg, handle, i, JAVA_INT.byteSize(), argument);
                }
                case DeviceMemory memory -> {
                    argument.set(ADDRESS, 0, handle(memory));
                    library.call(library.setKernelArg, handle, i, ADDRESS.byteSize(), argument);
                }
            }
        }
        globalSize.setAtIndex(JAVA_LONG, 0, (long) grid.x() * grid.lanes());
        globalSize.setAtIndex(JAVA_LONG, 1, grid.y());
        localSize.setAtIndex(JAVA_LONG, 0, grid.lanes());
        localSize.setAtIndex(JAVA_LONG, 1, 1);
        library.call(library.enqueueNdRangeKernel, queue, handle, 2, MemorySegment.NULL, globalSize, localSize, 0,
                MemorySegment.NULL, MemorySegment.NULL);
    }

    private MemorySegment createKernel(String name) {
        Optional<TensorType> type = KernelSource.typeOf(name, types);
        try (Arena texts = Arena.ofConfined()) {
            MemorySegment kernel = library.create(library.createKernel, programs.get(type), texts.allocateFrom(name));
            releases.push(() -> library.call(library.releaseKernel, kernel));
            return kernel;
        }
    }

    @Override
    public void submit(Object shape, Runnable launches) {
        launches.run(); // they are queued one behind the other, and nobody waits between them
    }

    @Override
    public void finish() {
        library.call(library.finish, queue);
    }

    @Override
    public void close() {
        Releases.all(releases);
    }

    /** A buffer. */
    private final class Memory implements DeviceMemory {
        private final MemorySegment handle;
        private final long bytes;
        private boolean closed;

        Memory(MemorySegment handle, long bytes) {
            this.handle = handle;
            this.bytes = bytes;
        }

        MemorySegment handle() {
            if (closed) {
                throw new IllegalStateException("device memory is used after it was closed");
            }
            return handle;
        }

        @Override
        public long bytes() {
            return bytes;
        }

        @Override
        public void close() {
            MemorySegment released = handle();
            closed = true;
            takenBytes -= bytes;
            library.call(library.releaseMemObject, released);
        }
    }
}
