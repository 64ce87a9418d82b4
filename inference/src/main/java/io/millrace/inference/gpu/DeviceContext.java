package io.millrace.inference.gpu;

import java.lang.foreign.MemorySegment;

/**
 * A device in use: its memory, its kernels, and one queue that runs all it is given in order. For one thread at a time. Every method throws
 * {@link GpuException} when the driver reports a failure, perhaps of something that was queued before.
 */
public interface DeviceContext extends AutoCloseable {
    /** Bytes of the device's memory that can still be taken, as far as the driver knows. */
    long freeBytes();

    /**
     * Takes memory, whose content is arbitrary.
     *
     * @param bytes 1 or more
     */
    DeviceMemory allocate(long bytes);

    /** Queues a copy to the device. What is copied must stay as it is until {@link #finish} or {@link #download} returns. */
    void upload(MemorySegment from, DeviceMemory to, long toOffset);

    /** Copies from the device, once all that was queued is done. */
    void download(DeviceMemory from, long fromOffset, MemorySegment to);

    /**
     * Queues a kernel.
     *
     * @param kernel its name in {@link KernelSource}
     * @param arguments as it declares them
     */
    void launch(String kernel, Grid grid, Argument... arguments);

    /**
     * Queues many kernels, as one submission where the driver can.
     *
     * @param shape equal shapes always mean the same launches with the same arguments, so that they can be recorded once and run again
     * @param launches calls {@link #launch}, and nothing else of this
     */
    void submit(Object shape, Runnable launches);

    /** Waits until all that was queued is done. */
    void finish();

    /** Gives the device back. All memory must have been closed. */
    @Override
    void close();
}
