package io.millrace.sink;

import java.time.Duration;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.errors.RetriableException;

/**
 * Whether a consumer's brokers are there. A consumer waits for them in silence, so they are asked when nothing was heard for a while. Belongs
 * to the consumer's thread, but for {@link #isLost}.
 */
final class BrokerContact {
    private static final Duration QUIET = Duration.ofSeconds(3);
    private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(2);

    private long heardNanos = System.nanoTime();
    private volatile boolean lost;

    /** To be called after each poll; asks the brokers, and waits for their answer, if they have been quiet. */
    void polled(Consumer<?, ?> consumer, boolean heard) {
        if (heard || System.nanoTime() - heardNanos > QUIET.toNanos() && isAnswered(consumer)) {
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

    /** Whether they did not answer when they were last asked, and have not been heard since. */
    boolean isLost() {
        return lost;
    }
}
