package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.compose.role.Parts;
import io.millrace.ingest.WorkerIdTakenException;
import java.io.PrintWriter;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Runs a command that goes on until it is interrupted. */
final class Service {
    private final PrintWriter errors;

    Service(PrintWriter errors) {
        this.errors = errors;
    }

    /** Starts what there is to run. */
    @FunctionalInterface
    interface Start {
        /**
         * Adds what it starts to {@code parts}.
         *
         * @return when it can no longer go on, completes exceptionally
         */
        CompletableFuture<Void> start(Parts parts);
    }

    /** Starts and waits; whatever ends it, all parts are closed. Returns the exit status; asked to end, the process ends with 0. */
    int run(Start start) {
        try (var parts = new Parts(); var _ = new OnInterrupt(() -> end(parts))) {
            start.start(parts).join();
            return 0;
        } catch (CompletionException e) {
            if (e.getCause() instanceof WorkerIdTakenException mistake) {
                throw new UserException(mistake.getMessage(), mistake);
            }
            errors.println("millrace: cannot go on: " + e.getCause().getMessage());
            return 1;
        }
    }

    private void end(Parts parts) {
        parts.close();
        errors.flush();
        // it ended as it was asked to; by itself the JVM would report the signal, as if that had killed it
        Runtime.getRuntime().halt(0);
    }
}
