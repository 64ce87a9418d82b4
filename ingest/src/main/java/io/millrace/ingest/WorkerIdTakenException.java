package io.millrace.ingest;

/** Another worker that lives has the same id. Nothing is wrong with that one; this one cannot run. */
public final class WorkerIdTakenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WorkerIdTakenException(String workerId, String holder) {
        super("worker id " + workerId + " belongs to a worker that is running (" + holder
                + "): give this one another with --worker-id");
    }
}
