package io.millrace.compose.metrics;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.millrace.ingest.PromptObserver;
import io.millrace.schemas.FinishReason;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** Counts prompts by outcome, and takes their times. */
final class PromptMetrics implements PromptObserver {
    private static final Duration[] DELAYS = durations(5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000,
            30_000, 60_000, 300_000);
    private static final Duration[] STEPS = durations(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000);

    private final Map<FinishReason, Counter> outcomes = new EnumMap<>(FinishReason.class);
    private final Counter generatedTokens;
    private final Timer queueTime;
    private final Timer timeToFirstToken;
    private final Timer timePerToken;
    /** By id, those that run. */
    private final Map<String, Times> running = new ConcurrentHashMap<>();

    /**
     * When things happened to one prompt. Its events come one after the other.
     *
     * @param timestampMillis of the record, by the producer's clock
     * @param lastTokenNanos 0 before the first token
     */
    private record Times(long timestampMillis, long lastTokenNanos) {}

    PromptMetrics(MeterRegistry registry, String model) {
        for (FinishReason reason : FinishReason.values()) {
            outcomes.put(reason, Counter.builder("millrace.prompts").description("Prompts that came to their end")
                    .tag("outcome", reason.text()).tag("model", model).register(registry));
        }
        generatedTokens = Counter.builder("millrace.generated.tokens").description("Tokens that were generated")
                .tag("model", model).register(registry);
        queueTime = timer("millrace.queue.time", "From a record's timestamp to the beginning of its prefill", model,
                DELAYS).register(registry);
        timeToFirstToken = timer("gen_ai.server.time_to_first_token",
                "From a record's timestamp to its first token", model, DELAYS).register(registry);
        timePerToken = timer("gen_ai.server.time_per_output_token", "Between two tokens of a stream", model, STEPS)
                .register(registry);
    }

    private static Timer.Builder timer(String name, String description, String model, Duration[] buckets) {
        return Timer.builder(name).description(description).tag("model", model).serviceLevelObjectives(buckets);
    }

    private static Duration[] durations(int... millis) {
        return IntStream.of(millis).mapToObj(Duration::ofMillis).toArray(Duration[]::new);
    }

    @Override
    public void admitted(String id, long timestampMillis) {
        running.put(id, new Times(timestampMillis, 0));
    }

    @Override
    public void started(String id, int promptTokens, int cachedTokens) {
        Times times = running.get(id);
        if (times != null) {
            queueTime.record(since(times.timestampMillis));
        }
    }

    @Override
    public void token(String id) {
        generatedTokens.increment();
        running.computeIfPresent(id, (_, times) -> {
            long now = System.nanoTime();
            if (times.lastTokenNanos == 0) {
                timeToFirstToken.record(since(times.timestampMillis));
            } else {
                timePerToken.record(Duration.ofNanos(now - times.lastTokenNanos));
            }
            return new Times(times.timestampMillis, now);
        });
    }

    /** The record's clock may be another machine's. */
    private static Duration since(long timestampMillis) {
        return Duration.ofMillis(Math.max(0, System.currentTimeMillis() - timestampMillis));
    }

    @Override
    public void ended(String id, long timestampMillis, FinishReason reason) {
        running.remove(id);
        outcomes.get(reason).increment();
    }

    @Override
    public void handedOver(String id) {
        running.remove(id);
    }
}
