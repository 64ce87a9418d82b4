package io.millrace.inference.gpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/** Queues kernels. For one thread at a time. */
sealed interface CudaLauncher {
    /**
     * Queues one.
     *
     * @param arguments an array of pointers to them
     */
    void launch(MemorySegment function, Grid grid, MemorySegment arguments);

    static CudaLauncher of(CudaLibrary library, Arena arena, MemorySegment stream, Ptx.Target target) {
        return target == Ptx.Target.HOPPER ? Overlapping.of(library, arena, stream) : new OneByOne(library, stream);
    }

    /** Each begins when the one before it has ended. */
    record OneByOne(CudaLibrary library, MemorySegment stream) implements CudaLauncher {
        @Override
        public void launch(MemorySegment function, Grid grid, MemorySegment arguments) {
            library.call(library.launchKernel, function, grid.x(), grid.y(), 1, grid.lanes(), 1, 1, 0, stream,
                    arguments, MemorySegment.NULL);
        }
    }

    /** Each may begin while the one before it ends: kernels for Hopper wait themselves for what that writes. */
    record Overlapping(NativeFunction function, CudaLibrary library, MemorySegment configuration)
            implements
                CudaLauncher {
        /** CUlaunchConfig. */
        private static final StructLayout CONFIGURATION = MemoryLayout.structLayout(JAVA_INT.withName("gridX"),
                JAVA_INT.withName("gridY"), JAVA_INT.withName("gridZ"), JAVA_INT.withName("lanes"),
                JAVA_INT.withName("blockY"), JAVA_INT.withName("blockZ"), JAVA_INT.withName("sharedBytes"),
                MemoryLayout.paddingLayout(4), ADDRESS.withName("stream"), ADDRESS.withName("attributes"),
                JAVA_INT.withName("attributeCount"), MemoryLayout.paddingLayout(4));
        private static final VarHandle GRID_X = field("gridX");
        private static final VarHandle GRID_Y = field("gridY");
        private static final VarHandle LANES = field("lanes");
        private static final long ATTRIBUTE_BYTES = 72;
        private static final long ATTRIBUTE_VALUE_AT = 8;
        private static final int PROGRAMMATIC_STREAM_SERIALIZATION = 6;

        private static VarHandle field(String name) {
            return CONFIGURATION.varHandle(MemoryLayout.PathElement.groupElement(name));
        }

        static CudaLauncher of(CudaLibrary library, Arena arena, MemorySegment stream) {
            MemorySegment attribute = arena.allocate(ATTRIBUTE_BYTES, ADDRESS.byteAlignment());
            attribute.set(JAVA_INT, 0, PROGRAMMATIC_STREAM_SERIALIZATION);
            attribute.set(JAVA_INT, ATTRIBUTE_VALUE_AT, 1);
            MemorySegment configuration = arena.allocate(CONFIGURATION);
            for (String one : new String[]{"gridZ", "blockY", "blockZ", "attributeCount"}) {
                field(one).set(configuration, 0L, 1);
            }
            field("stream").set(configuration, 0L, stream);
            field("attributes").set(configuration, 0L, attribute);
            return new Overlapping(library.launchKernelEx(), library, configuration);
        }

        @Override
        public void launch(MemorySegment kernel, Grid grid, MemorySegment arguments) {
            GRID_X.set(configuration, 0L, grid.x());
            GRID_Y.set(configuration, 0L, grid.y());
            LANES.set(configuration, 0L, grid.lanes());
            library.call(function, configuration, kernel, arguments, MemorySegment.NULL);
        }
    }
}
