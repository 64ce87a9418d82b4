package io.millrace.ingest;

import io.millrace.schemas.FinishReason;
import io.millrace.schemas.PromptProgress;
import io.millrace.schemas.PromptProgress.Stage;
import io.millrace.schemas.WorkerReport;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;

/** Remembers the prompts that a worker had last, and how soon they were answered. Safe for any thread. */
public final class PromptJournal implements PromptObserver {
    private static final int MAX_DELAYS = 200;

    private final InstantSource clock;
    /** By id, the one admitted last at the end. */
    private final LinkedHashMap<String, PromptProgress> prompts = new LinkedHashMap<>();
    /** From a record's timestamp to its first token, in milliseconds, the latest last. */
    private final Deque<Long> delays = new ArrayDeque<>();
    private long generatedTokens;
    private int inHand;

    public PromptJournal(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public synchronized void admitted(String id, long timestampMillis) {
        inHand++;
        prompts.putLast(id, PromptProgress.received(id, timestampMillis).admittedAt(clock.millis()));
    }

    @Override
    public synchronized void started(String id, int promptTokens, int cachedTokens) {
        prompts.computeIfPresent(id, (_, prompt) -> prompt.startedAt(clock.millis(), promptTokens, cachedTokens));
    }

    @Override
    public synchronized void token(String id) {
        generatedTokens++;
        prompts.computeIfPresent(id, (_, prompt) -> {
            long now = clock.millis();
            if (prompt.firstToken() == null) {
                answered(now - prompt.received());
            }
            return prompt.tokenAt(now);
        });
    }

    private void answered(long delay) {
        // the record's clock may be another machine's
        delays.add(Math.max(0, delay));
        if (delays.size() > MAX_DELAYS) {
            delays.remove();
        }
    }

    @Override
    public synchronized void ended(String id, long timestampMillis, FinishReason reason) {
        long now = clock.millis();
        Stage end = switch (reason) {
            case ERROR -> Stage.FAILED;
            case CANCELLED -> Stage.CANCELLED;
            default -> Stage.COMPLETED;
        };
        if (isInHand(id)) {
            inHand--;
            prompts.computeIfPresent(id, (_, prompt) -> prompt.endedAt(now, end));
        } else {
            // refused before it could be admitted
            prompts.putLast(id, PromptProgress.received(id, timestampMillis).endedAt(now, end));
        }
        forgetOldest();
    }

    @Override
    public synchronized void handedOver(String id) {
        if (isInHand(id)) {
            inHand--;
            prompts.remove(id);
        }
    }

    private boolean isInHand(String id) {
        PromptProgress prompt = prompts.get(id);
        return prompt != null && !prompt.hasEnded();
    }

    /** Those in hand are no more than a worker may have, and stay. */
    private void forgetOldest() {
        Iterator<PromptProgress> oldest = prompts.values().iterator();
        while (prompts.size() - inHand > WorkerReport.MAX_RECENT) {
            if (oldest.next().hasEnded()) {
                oldest.remove();
            }
        }
    }

    /** The prompts that were admitted last, the latest first; at most {@link WorkerReport#MAX_RECENT}. */
    public synchronized List<PromptProgress> recent() {
        return prompts.sequencedValues().reversed().stream().limit(WorkerReport.MAX_RECENT).toList();
    }

    /** Prompts that were admitted and have not ended. */
    public synchronized int inHand() {
        return inHand;
    }

    /** Since the worker was started. */
    public synchronized long generatedTokens() {
        return generatedTokens;
    }

    /** From the record's timestamp to the first token, of the last prompts; null while there was none. */
    public synchronized WorkerReport.Quantiles timeToFirstToken() {
        if (delays.isEmpty()) {
            return null;
        }
        long[] sorted = delays.stream().mapToLong(Long::longValue).sorted().toArray();
        return new WorkerReport.Quantiles(sorted[(sorted.length - 1) / 2], sorted[(sorted.length - 1) * 95 / 100]);
    }
}
