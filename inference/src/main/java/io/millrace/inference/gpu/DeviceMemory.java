package io.millrace.inference.gpu;

/** Memory of a device. Closed once, by who took it; not while anything queued uses it. */
public non-sealed interface DeviceMemory extends Argument, AutoCloseable {
    long bytes();

    @Override
    void close();
}
