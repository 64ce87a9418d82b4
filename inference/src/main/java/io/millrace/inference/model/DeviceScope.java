package io.millrace.inference.model;

import io.millrace.inference.gpu.Argument;
import io.millrace.inference.gpu.DeviceContext;
import io.millrace.inference.gpu.DeviceMemory;
import io.millrace.inference.gpu.Grid;
import java.lang.foreign.Arena;
import java.util.ArrayDeque;
import java.util.Deque;

/** Owns an open device, the memory taken there, and memory of the host that is copied from and to: all of it is given back at once. */
final class DeviceScope implements AutoCloseable {
    private static final int CLEAR_GROUPS = 1024;
    private static final int CLEAR_LANES = 256;
    private static final int CLEARED_BYTES = 16;

    private final DeviceContext context;
    private final Arena host = Arena.ofShared();
    private final Deque<DeviceMemory> memories = new ArrayDeque<>();

    DeviceScope(DeviceContext context) {
        this.context = context;
    }

    DeviceContext context() {
        return context;
    }

    Arena host() {
        return host;
    }

    DeviceMemory allocate(long bytes) {
        DeviceMemory memory = context.allocate(bytes);
        memories.push(memory);
        return memory;
    }

    /** Queues zeros, where 16 divides the bytes. */
    void clear(DeviceMemory memory) {
        context.launch("clear", new Grid(CLEAR_GROUPS, 1, CLEAR_LANES), memory,
                Argument.of(Math.toIntExact(memory.bytes() / CLEARED_BYTES)));
    }

    /** Gives one piece back before the others. */
    void release(DeviceMemory memory) {
        if (memories.remove(memory)) {
            memory.close();
        }
    }

    @Override
    public void close() {
        try (host; context) {
            RuntimeException failure = null;
            try {
                context.finish(); // what is queued may still read the host's memory
            } catch (RuntimeException e) {
                failure = e;
            }
            while (!memories.isEmpty()) {
                try {
                    memories.pop().close();
                } catch (RuntimeException e) {
                    failure = failure == null ? e : failure;
                }
            }
            if (failure != null) {
                throw failure;
            }
        }
    }
}
