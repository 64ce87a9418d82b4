package io.millrace.sink;

import java.time.Duration;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Whether a consumer's brokers are there. A consumer waits for them in silence, so they are asked when nothing was heard for a while. {@link
 * #polled} is for the consumer's thread, {@link #lostFor} for any.
 */
public final class BrokerContact {
    /** How long nothing may be heard before the brokers are asked. */
    private static final Duration QUIET = Duration.ofSeconds(3);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);

    private volatile long heardNanos = System.nanoTime();
    private volatile boolean lost;

    /** To be called after each poll; asks the brokers, and waits for their answer, if they have been quiet. */
    public void polled(Consumer<?, ?> consumer, boolean heard) {
        if (heard || silence().compareTo(QUIET) > 0 && isAnswered(consumer)) {
            heardNanos = System.nanoTime();
            lost = false;
        }
    }

    private boolean isAnswered(Consumer<?, ?> consumer) {
        try {
            var _ = consumer.endOffsets(consumer.assignment(), ANSWER_TIMEOUT);
            return true;
        } catch (RetriableException e) {
            lost = true;
            return false;
        }
    }

    /** For how long they have been out of reach; zero if they answered when they were last asked. */
    public Duration lostFor() {
        return lost ? silence() : Duration.ZERO;
    }

    private Duration silence() {
        return Duration.ofNanos(System.nanoTime() - heardNanos);
    }
}
