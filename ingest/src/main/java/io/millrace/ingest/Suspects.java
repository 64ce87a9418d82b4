package io.millrace.ingest;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Prompts whose last attempt began and added no token. One of them may have killed the worker, and the others were only there: so each has its turn alone,
 * until it has a token or an end, and a worker that dies meanwhile tells of that one. What is not suspected goes on beside it. Safe for any thread.
 */
final class Suspects {
    private static final long LOOK_MILLIS = 50;

    private final Semaphore turn = new Semaphore(1, true);

    /** Waits for a turn, which {@link #release} ends. Returns false, without one, when {@code givenUp} says that it is not wanted any more. */
    boolean await(BooleanSupplier givenUp) {
        try {
            while (!givenUp.getAsBoolean()) {
                if (turn.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                    return true;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    void release() {
        turn.release();
    }
}
