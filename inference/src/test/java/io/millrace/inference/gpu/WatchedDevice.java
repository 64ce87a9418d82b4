package io.millrace.inference.gpu;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/** A real device that counts what is taken and given back, and fails when it is told to. */
public final class WatchedDevice implements Device {
    private final Device device;
    private final AtomicInteger contexts = new AtomicInteger();
    private final AtomicInteger pieces = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong launches = new AtomicLong();
    private final AtomicLong downloadedBytes = new AtomicLong();
    private volatile Predicate<String> failing = call -> false;
    private volatile long freeBytes = -1;

    public WatchedDevice(Device device) {
        this.device = device;
    }

    /** Fails the calls that a predicate names: {@code allocate}, {@code finish}, or a kernel's name. */
    public void fail(Predicate<String> newFailing) {
        failing = newFailing;
    }

    /** Says that so much is left. */
    public void setFreeBytes(long newFreeBytes) {
        freeBytes = newFreeBytes;
    }

    public int openContexts() {
        return contexts.get();
    }

    public int openPieces() {
        return pieces.get();
    }

    public long takenBytes() {
        return bytes.get();
    }

    public long launches() {
        return launches.get();
    }

    public long downloadedBytes() {
        return downloadedBytes.get();
    }

    @Override
    public DeviceInfo info() {
        return device.info();
    }

    @Override
    public DeviceContext open(Set<TensorType> types) {
        DeviceContext context = device.open(types);
        contexts.incrementAndGet();
        return new Watched(context);
    }

    private void check(String call) {
        if (failing.test(call)) {
            throw new GpuException(call + " failed as the test wants it");
        }
    }

    private final class Watched implements DeviceContext {
        private final DeviceContext context;
        private final Set<DeviceMemory> open = new HashSet<>();

        Watched(DeviceContext context) {
            this.context = context;
        }

        @Override
        public long freeBytes() {
            return freeBytes < 0 ? context.freeBytes() : freeBytes;
        }

        @Override
        public DeviceMemory allocate(long size) {
            check("allocate");
            var memory = new Memory(context.allocate(size));
            open.add(memory);
            pieces.incrementAndGet();
            bytes.addAndGet(size);
            return memory;
        }

        @Override
        public void upload(MemorySegment from, DeviceMemory to, long toOffset) {
            check("upload");
            context.upload(from, own(to), toOffset);
        }

        @Override
        public void download(DeviceMemory from, long fromOffset, MemorySegment to) {
            check("download");
            downloadedBytes.addAndGet(to.byteSize());
            context.download(own(from), fromOffset, to);
        }

        @Override
        public void launch(String kernel, Grid grid, Argument... arguments) {
            check(kernel);
            launches.incrementAndGet();
            var own = new Argument[arguments.length];
            for (int i = 0; i < own.length; i++) {
                own[i] = arguments[i] instanceof DeviceMemory memory ? own(memory) : arguments[i];
            }
            context.launch(kernel, grid, own);
        }

        @Override
        public void submit(Object shape, Runnable launches) {
            context.submit(shape, launches);
        }

        private DeviceMemory own(DeviceMemory memory) {
            return ((Memory) memory).memory;
        }

        @Override
        public void finish() {
            check("finish");
            context.finish();
        }

        @Override
        public void close() {
            if (!open.isEmpty()) {
                throw new IllegalStateException(open.size() + " pieces of memory outlive their context");
            }
            context.close();
            contexts.decrementAndGet();
        }

        private final class Memory implements DeviceMemory {
            private final DeviceMemory memory;

            Memory(DeviceMemory memory) {
                this.memory = memory;
            }

            @Override
            public long bytes() {
                return memory.bytes();
            }

            @Override
            public void close() {
                open.remove(this);
                memory.close();
                pieces.decrementAndGet();
                bytes.addAndGet(-memory.bytes());
            }
        }
    }
}
