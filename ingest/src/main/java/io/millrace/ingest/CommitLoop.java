package io.millrace.ingest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Commits finished prompts, many in a transaction: whatever finished while the last transaction was under way goes into the
 * next. Runs on a thread of its own; the other methods are safe for any thread.
 */
final class CommitLoop implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(CommitLoop.class);
    private static final int MAX_BATCH = 256;
    private static final long RETRY_MILLIS = 100;

    private final ResultWriter writer;
    private final PromptObserver observer;
    // bounded by what intake admits
    private final BlockingQueue<FinishedPrompt> finished = new LinkedBlockingQueue<>();
    private volatile ConsumerGroupMetadata membership;

    CommitLoop(ResultWriter writer, PromptObserver observer) {
        this.writer = writer;
        this.observer = observer;
    }

    /** Hands a prompt over, unless its claim is at an end. */
    void add(FinishedPrompt prompt) {
        if (prompt.claim().finishing()) {
            finished.add(prompt);
        } else {
            settled(prompt, false);
        }
    }

    /** The consumer's membership as of now, which only the consumer's thread may ask for. */
    void membership(ConsumerGroupMetadata now) {
        membership = now;
    }

    /** Commits until interrupted. */
    @Override
    public void run() {
        try {
            while (true) {
                var batch = new ArrayList<FinishedPrompt>();
                batch.add(finished.take());
                finished.drainTo(batch, MAX_BATCH - 1);
                commit(batch);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void commit(List<FinishedPrompt> batch) throws InterruptedException {
        batch.forEach(prompt -> prompt.claim().finish(prompt.offset()));
        while (true) {
            // looked at before the claims: a membership that is newer than the loss of a claim would let its commit pass
            ConsumerGroupMetadata member = membership;
            batch.removeIf(this::isGone);
            if (batch.isEmpty()) {
                return;
            }
            if (tryCommit(batch, member)) {
                batch.forEach(prompt -> {
                    prompt.claim().committed(prompt.received());
                    settled(prompt, true);
                });
                return;
            }
            LOG.info("{} completions were not committed and are tried again", batch.size());
            // the consumer's next poll brings a newer membership, or takes the partition away
            Thread.sleep(RETRY_MILLIS);
        }
    }

    private boolean isGone(FinishedPrompt prompt) {
        boolean gone = prompt.claim().isGone();
        if (gone) {
            settled(prompt, false);
        }
        return gone;
    }

    private void settled(FinishedPrompt prompt, boolean published) {
        observer.settled(prompt.completion().id(), published);
    }

    private boolean tryCommit(List<FinishedPrompt> batch, ConsumerGroupMetadata member) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        batch.forEach(prompt -> prompt.claim().addProgress(offsets));
        return writer.commit(batch.stream().map(FinishedPrompt::completion).toList(),
                batch.stream().map(FinishedPrompt::deadLetter).filter(Objects::nonNull).toList(), offsets, member);
    }
}
