package io.millrace.compose.metrics;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.EngineStatistics;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/**
 * What an engine tells of itself.
 *
 * @param waiting prompts that were read and are not admitted
 */
record EngineMetrics(Supplier<EngineStatistics> engine, EngineOptions options,
        IntSupplier waiting) implements MeterBinder {
    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("millrace.prompts.waiting", waiting::getAsInt)
                .description("Prompts that were read from the topic and not admitted").register(registry);
        Gauge.builder("millrace.batch.slots", options::maxSequences).description("The most sequences of a batch")
                .register(registry);
        Gauge.builder("millrace.kv.blocks", options::cacheBlocks).description("The most key-value blocks there may be")
                .register(registry);
        gauge(registry, "millrace.sequences.running", "Sequences in the batch", EngineStatistics::running);
        gauge(registry, "millrace.sequences.queued", "Sequences that wait for the batch", EngineStatistics::waiting);
        gauge(registry, "millrace.kv.blocks.used", "Key-value blocks in use", EngineStatistics::usedBlocks);
        gauge(registry, "millrace.kv.blocks.idle", "Key-value blocks kept for prompts that begin alike",
                EngineStatistics::idleBlocks);
        gauge(registry, "millrace.kv.cache.bytes", "Memory taken for key-value blocks", EngineStatistics::cacheBytes);
        counter(registry, "millrace.steps", "Steps of the engine", EngineStatistics::steps);
        counter(registry, "millrace.prompt.tokens", "Tokens of prompts that were begun",
                EngineStatistics::promptTokens);
        counter(registry, "millrace.cached.tokens", "Those of them that were found in the cache",
                EngineStatistics::cachedTokens);
        counter(registry, "millrace.preemptions", "Sequences that gave their memory to others",
                EngineStatistics::preemptions);
        counter(registry, "millrace.kv.evictions", "Idle blocks that lost what they held",
                EngineStatistics::evictions);
        counter(registry, "millrace.drafted.tokens", "Tokens guessed ahead", EngineStatistics::draftedTokens);
        counter(registry, "millrace.accepted.tokens", "Those of them that were sampled as guessed",
                EngineStatistics::acceptedTokens);
    }

    private void gauge(MeterRegistry registry, String name, String description,
            ToDoubleFunction<EngineStatistics> value) {
        Gauge.builder(name, () -> value.applyAsDouble(engine.get())).description(description).register(registry);
    }

    private void counter(MeterRegistry registry, String name, String description,
            ToDoubleFunction<EngineStatistics> value) {
        FunctionCounter.builder(name, engine, supplier -> value.applyAsDouble(supplier.get()))
                .description(description).register(registry);
    }
}
