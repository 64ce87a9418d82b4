package io.millrace.inference.model;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed team that runs one task at a time, each member its share. The caller is a member too and returns when all are done. Waiting members spin for a
 * moment, because the next task is usually microseconds away, and then park, so that an idle engine costs nothing.
 */
public final class ComputeThreads implements AutoCloseable {
    /** A share of the work. */
    @FunctionalInterface
    public interface Task {
        /**
         * Does one member's share.
         *
         * @param member 0 to {@code members - 1}
         */
        void run(int member, int members);
    }

    private static final int SPINS = 2_000;

    private final Thread[] threads;
    private final AtomicInteger unfinished = new AtomicInteger();
    private final AtomicInteger round = new AtomicInteger();
    private volatile Task task;
    private volatile Throwable failure;
    private volatile Thread caller;
    private volatile boolean closed;

    /**
     * Starts the threads.
     *
     * @param members how many threads compute, the caller among them; 1 or more
     */
    public ComputeThreads(int members) {
        threads = new Thread[members - 1];
        for (int i = 0; i < threads.length; i++) {
            int member = i + 1;
            threads[i] = Thread.ofPlatform().daemon().name("millrace-compute-" + member).start(() -> serve(member));
        }
    }

    public int members() {
        return threads.length + 1;
    }

    /** Runs a task on all members; called by one thread at a time. */
    public void run(Task newTask) {
        if (threads.length == 0) {
            newTask.run(0, 1);
            return;
        }
        task = newTask;
        failure = null;
        caller = Thread.currentThread();
        unfinished.set(threads.length);
        round.incrementAndGet();
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
        }
        try {
            newTask.run(0, members());
        } finally {
            await();
        }
        if (failure != null) {
            throw new IllegalStateException("a compute thread failed: " + failure, failure);
        }
    }

    private void await() {
        for (int spins = 0; unfinished.get() > 0; spins++) {
            if (spins < SPINS) {
                Thread.onSpinWait();
            } else {
                LockSupport.park(this);
            }
        }
    }

    private void serve(int member) {
        int seen = 0;
        while (true) {
            for (int spins = 0; round.get() == seen && !closed; spins++) {
                if (spins < SPINS) {
                    Thread.onSpinWait();
                } else {
                    LockSupport.park(this);
                }
            }
            if (closed) {
                return;
            }
            seen++;
            try {
                task.run(member, members());
            } catch (Throwable thrown) {
                failure = thrown;
            }
            if (unfinished.decrementAndGet() == 0) {
                LockSupport.unpark(caller);
            }
        }
    }

    /** Ends the threads; no task may be running. */
    @Override
    public void close() {
        closed = true;
        for (Thread thread : threads) {
            LockSupport.unpark(thread);
        }
    }
}
