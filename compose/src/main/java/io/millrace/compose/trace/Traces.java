package io.millrace.compose.trace;

import io.millrace.compose.UserException;
import io.millrace.ingest.PromptObserver;
import io.millrace.sink.http.RequestTraces;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The traces of one process. Safe for any thread. */
public final class Traces implements AutoCloseable {
    /** Traces nothing; what others trace is passed on. */
    public static final Traces NONE = new Traces(OpenTelemetry.noop().getTracer("millrace"), () -> {});

    private static final String ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT";
    private static final String HEADERS = "OTEL_EXPORTER_OTLP_HEADERS";
    private static final String PATH = "/v1/traces";
    private static final Duration SENT_EVERY = Duration.ofSeconds(1);
    /** What is not sent by then is lost: whoever ends this process does not wait for long. */
    private static final long LAST_SENDING_MILLIS = 1_000;

    private final Tracer tracer;
    private final Runnable whenClosed;

    private Traces(Tracer tracer, Runnable whenClosed) {
        this.tracer = tracer;
        this.whenClosed = whenClosed;
    }

    /**
     * Traces that are sent to somebody, if it is said to whom.
     *
     * @param endpoint such as {@code http://127.0.0.1:4318}; null if only the environment may say
     * @param environment where OpenTelemetry's own variables are heeded: its endpoint, headers, and the service's name
     * @param service what this process is called, if the environment does not say
     * @throws UserException if it is no address
     */
    public static Traces open(String endpoint, Map<String, String> environment, String service, String version) {
        String given = endpoint == null ? environment.getOrDefault(ENDPOINT, "") : endpoint;
        if (given.isBlank()) {
            return NONE;
        }
        URI uri = address(given.strip(), endpoint == null ? ENDPOINT : "--otlp");
        var exporter = OtlpHttpSpanExporter.builder().setEndpoint(uri.toString());
        headers(environment.getOrDefault(HEADERS, "")).forEach(exporter::addHeader);
        String name = environment.getOrDefault("OTEL_SERVICE_NAME", "");
        SdkTracerProvider provider = SdkTracerProvider.builder()
                .addSpanProcessor(BatchSpanProcessor.builder(new WatchedExporter(exporter.build(), uri.toString()))
                        .setScheduleDelay(SENT_EVERY).build())
                .setResource(Resource.getDefault().merge(Resource.create(Attributes.builder()
                        .put("service.name", name.isBlank() ? service : name).put("service.version", version)
                        .put("service.instance.id", UUID.randomUUID().toString()).build())))
                .build();
        return new Traces(provider.get("millrace"), () -> provider.shutdown().join(LAST_SENDING_MILLIS,
                TimeUnit.MILLISECONDS));
    }

    private static URI address(String given, String from) {
        try {
            String base = given.replaceFirst("/+$", "");
            URI uri = URI.create(base.endsWith(PATH) ? base : base + PATH);
            if (uri.getHost() != null && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))) {
                return uri;
            }
        } catch (IllegalArgumentException e) {
            throw new UserException(from + " " + given + " is no address (" + e.getMessage() + ")", e);
        }
        throw new UserException(from + " " + given + " is no web address: give one such as http://127.0.0.1:4318");
    }

    /** As {@code name=value,name=value}. */
    private static Map<String, String> headers(String text) {
        var headers = new LinkedHashMap<String, String>();
        for (String header : text.split(",", -1)) {
            int equals = header.indexOf('=');
            if (equals > 0) {
                headers.put(header.substring(0, equals).strip(), URLDecoder.decode(header.substring(equals + 1)
                        .strip(), StandardCharsets.UTF_8));
            } else if (!header.isBlank()) {
                throw new UserException(HEADERS + " must be name=value, with commas between");
            }
        }
        return headers;
    }

    /** Traces prompts of a worker: from their record to their completion. */
    public PromptObserver prompts(String topic, String model) {
        return new PromptTraces(tracer, topic, model);
    }

    /** Traces requests to a gateway. */
    public RequestTraces requests() {
        return (route, parent) -> new RequestTrace(tracer.spanBuilder("POST " + route).setParent(TraceParent.read(
                parent)).setSpanKind(SpanKind.SERVER).setAttribute("http.request.method", "POST").setAttribute(
                        "http.route", route)
                .startSpan(), parent);
    }

    private record RequestTrace(Span span, String given) implements RequestTraces.Trace {
        @Override
        public String parent() {
            return span.getSpanContext().isValid() ? TraceParent.write(Context.root().with(span)) : given;
        }

        @Override
        public void ended(int status) {
            span.setAttribute("http.response.status_code", status);
            if (status >= 500) {
                span.setStatus(StatusCode.ERROR);
            }
            span.end();
        }
    }

    /**
     * Traces the sending of a prompt to its topic.
     *
     * @param parent the trace that it belongs to; null if to none
     * @param send sends it, with what its record is to say of the trace
     */
    public CompletableFuture<Void> sending(String id, String parent, Function<String, CompletableFuture<Void>> send) {
        Span span = tracer.spanBuilder("send prompt").setParent(TraceParent.read(parent)).setSpanKind(SpanKind.PRODUCER)
                .setAttribute("messaging.system", "kafka").setAttribute("messaging.operation.type", "send")
                .setAttribute(PromptTraces.ID, id).startSpan();
        return send.apply(TraceParent.write(Context.root().with(span))).whenComplete((_, failure) -> {
            if (failure != null) {
                span.setStatus(StatusCode.ERROR, String.valueOf(failure.getMessage()));
            }
            span.end();
        });
    }

    @Override
    public void close() {
        whenClosed.run();
    }
}
