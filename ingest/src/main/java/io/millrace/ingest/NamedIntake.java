package io.millrace.ingest;

import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.FencedInstanceIdException;
import org.apache.kafka.common.errors.UnreleasedInstanceIdException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An {@link Intake} of a worker with an id, for which the group keeps a place (static membership). Closing does not give the place up: whoever comes
 * back under the id within the session timeout has its partitions again, and the others have kept theirs.
 *
 * <p>A consumer that was refused its place is of no more use; the next try has another.
 */
final class NamedIntake implements PromptIntake {
    private static final Logger LOG = LoggerFactory.getLogger(NamedIntake.class);
    /** Between asking who has the place and taking it, others may take it. Each time the wait for the place begins anew. */
    private static final int TRIES = 5;
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final String workerId;
    private final WorkerPlace place;
    private final Supplier<Intake> intakes;
    private Intake current;
    private boolean draining;
    private boolean abandoned;

    NamedIntake(String workerId, WorkerPlace place, Supplier<Intake> intakes) {
        this.workerId = workerId;
        this.place = place;
        this.intakes = intakes;
    }

    @Override
    public void run() {
        try {
            for (int refusals = 0; !isDraining() && !ran(); refusals++) {
                if (refusals == TRIES) {
                    throw new WorkerIdTakenException(workerId, "it came first " + TRIES + " times");
                }
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns false if another worker has taken the place. */
    private boolean ran() throws InterruptedException {
        place.await(this::isDraining);
        if (isDraining()) {
            return true;
        }
        try {
            begin().run();
            return true;
        } catch (UnreleasedInstanceIdException e) {
            LOG.info("worker id {} was taken just now: {}", workerId, e.getMessage());
            return false;
        } catch (FencedInstanceIdException e) {
            throw new WorkerIdTakenException(workerId, "it took this one's place");
        }
    }

    private synchronized Intake begin() {
        current = intakes.get();
        if (draining) {
            current.drain();
        }
        if (abandoned) {
            current.abandon();
        }
        return current;
    }

    private synchronized boolean isDraining() {
        return draining;
    }

    @Override
    public synchronized int waiting() {
        return current == null ? 0 : current.waiting();
    }

    @Override
    public synchronized void drain() {
        draining = true;
        if (current != null) {
            current.drain();
        }
    }

    @Override
    public synchronized void abandon() {
        abandoned = true;
        draining = true;
        if (current != null) {
            current.abandon();
        }
    }
}
