package io.millrace.compose.metrics;

import static java.util.stream.Collectors.toSet;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.EngineStatistics;
import io.millrace.ingest.PromptObserver;
import io.millrace.sink.http.Workers;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.micrometer.Label;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Supplier;

/** The measurements of one process. Safe for any thread. */
public final class Metrics implements AutoCloseable {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private volatile Runnable beforeScrape = () -> {};

    /** Measures the JVM from now on. */
    public Metrics() {
        new JvmMemoryMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        collections.bindTo(registry);
    }

    /** A Vert.x whose HTTP server is measured, by method, route and status. */
    public Vertx vertx() {
        Set<String> others = EnumSet.complementOf(EnumSet.of(MetricsDomain.HTTP_SERVER)).stream()
                .map(MetricsDomain::toCategory).collect(toSet());
        var options = new MicrometerMetricsOptions().setEnabled(true).setDisabledMetricsCategories(others)
                .setLabels(EnumSet.of(Label.HTTP_METHOD, Label.HTTP_ROUTE, Label.HTTP_CODE));
        return Vertx.builder().with(new VertxOptions().setMetricsOptions(options))
                .withMetrics(new MicrometerMetricsFactory(registry)).build();
    }

    /** Measures prompts, of a worker with this model. */
    public PromptObserver prompts(String model) {
        return new PromptMetrics(registry, model);
    }

    /** Measures an engine and what waits for it. */
    public void engine(Supplier<EngineStatistics> engine, EngineOptions options, IntSupplier waiting) {
        new EngineMetrics(engine, options, waiting).bindTo(registry);
    }

    /** Measures what a gateway knows of the workers. */
    public void gateway(Workers workers) {
        Gauge.builder("millrace.models", workers, known -> known.models().size())
                .description("Models that are served").register(registry);
        MultiGauge lag = MultiGauge.builder("millrace.lag.prompts")
                .description("Prompts on the topic that are not known to be done").register(registry);
        beforeScrape = () -> lag.register(workers.lagByPartition().entrySet().stream()
                .map(entry -> MultiGauge.Row.of(Tags.of("partition", entry.getKey().toString()), entry.getValue()))
                .toList(), true);
    }

    /** All of it, in Prometheus's text format. */
    public String scrape() {
        beforeScrape.run();
        return registry.scrape();
    }

    @Override
    public void close() {
        collections.close();
        registry.close();
    }
}
