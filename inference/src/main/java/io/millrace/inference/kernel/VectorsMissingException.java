package io.millrace.inference.kernel;

/** The module with the Vector API, which incubates, was not asked for when this JVM was started. */
public final class VectorsMissingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    VectorsMissingException() {
        super("the engine computes with the Vector API, which Java has only when asked: start ./millrace, "
                + "or java with --add-modules jdk.incubator.vector");
    }
}
