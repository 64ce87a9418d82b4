package io.millrace.inference.gpu;

/** A device or its driver failed, or cannot do what it was asked for. The message names the call and the driver's own name for the error. */
public final class GpuException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public GpuException(String message) {
        super(message);
    }

    public GpuException(String message, Throwable cause) {
        super(message, cause);
    }
}
