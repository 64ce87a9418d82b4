package io.millrace.schemas;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What a worker is doing, as it tells every second on {@link Topics#workers()}.
 *
 * @param id of the worker
 * @param time of the report, milliseconds since the epoch
 * @param since when the worker was started, likewise
 * @param contextLength the most tokens of a prompt and its answer
 * @param load how much it has to do
 * @param speed how fast it is
 * @param cache how its memory for keys and values is used
 * @param totals since it was started
 * @param recent prompts, those that were admitted last first, at most {@link #MAX_RECENT}
 */
public record WorkerReport(String id, String model, long time, long since, int contextLength, Load load, Speed speed,
        Cache cache, Totals totals, List<PromptProgress> recent) {
    public static final int MAX_RECENT = 50;

    public WorkerReport {
        if (id.isEmpty()) {
            throw new IllegalArgumentException("id must not be empty");
        }
        requireNonNull(model, "model");
        Counts.positive("context_length", contextLength);
        requireNonNull(load, "load");
        requireNonNull(speed, "speed");
        requireNonNull(cache, "cache");
        requireNonNull(totals, "totals");
        recent = List.copyOf(recent);
        if (recent.size() > MAX_RECENT) {
            throw new IllegalArgumentException("recent must hold at most " + MAX_RECENT + " prompts, not "
                    + recent.size());
        }
    }

    /**
     * Prompts by where they are.
     *
     * @param running sequences in the batch
     * @param slots the most there may be
     * @param queued in the engine, not yet in the batch
     * @param inHand admitted, running and queued ones among them
     * @param waiting read from the topic, and not admitted
     */
    public record Load(int running, int slots, int queued, int inHand, int waiting) {
        public Load {
            Counts.notNegative("running", running);
            Counts.positive("slots", slots);
            Counts.notNegative("queued", queued);
            Counts.notNegative("in_hand", inHand);
            Counts.notNegative("waiting", waiting);
        }
    }

    /**
     * Since the report before.
     *
     * @param tokensPerSecond generated, of all sequences together
     * @param promptTokensPerSecond of prompts that were begun, without those found in the cache
     * @param timeToFirstToken of recent prompts, from their records' timestamps; null while there was none
     */
    public record Speed(double tokensPerSecond, double promptTokensPerSecond, Quantiles timeToFirstToken) {}

    /** Of some durations, in milliseconds: the median, and what 95 of 100 do not exceed. */
    public record Quantiles(double p50, double p95) {}

    /** Key-value blocks that prompts use, and the most there may be. */
    public record Cache(int usedBlocks, int totalBlocks) {
        public Cache {
            Counts.notNegative("kv_blocks.used", usedBlocks);
            Counts.notNegative("kv_blocks.total", totalBlocks);
        }
    }

    /**
     * Counted since the worker was started.
     *
     * @param promptTokens of prompts that were begun
     * @param cachedTokens those of them that were found in the cache
     * @param preemptions how often a sequence gave its memory to another, to be computed again
     */
    public record Totals(long promptTokens, long cachedTokens, long generatedTokens, long preemptions) {
        public Totals {
            Counts.notNegative("prompt_tokens", promptTokens);
            Counts.notNegative("cached_tokens", cachedTokens);
            Counts.notNegative("generated_tokens", generatedTokens);
            Counts.notNegative("preemptions", preemptions);
        }
    }
}
