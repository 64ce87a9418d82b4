package io.millrace.inference.gpu;

import java.util.Deque;

/** Gives back what a context has. */
final class Releases {
    private Releases() {}

    /** Runs all, whatever fails, and empties the queue. Throws what failed first. */
    static void all(Deque<Runnable> releases) {
        RuntimeException failure = null;
        while (!releases.isEmpty()) {
            try {
                releases.pop().run();
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
