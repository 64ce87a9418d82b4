package io.millrace.compose.trace;

import io.millrace.ingest.PromptObserver;
import io.millrace.schemas.FinishReason;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A span for each prompt from its record's timestamp to its completion, and in it one for each stage: queue, prefill, decode, publish. */
final class PromptTraces implements PromptObserver {
    /** A prompt's id: there may be any number, and each is one stream's. */
    static final AttributeKey<String> ID = AttributeKey.stringKey("millrace.prompt.id");

    private final Tracer tracer;
    private final String topic;
    private final String model;
    /** By id, those that run or wait for their completion to be written. */
    private final Map<String, Running> running = new ConcurrentHashMap<>();

    PromptTraces(Tracer tracer, String topic, String model) {
        this.tracer = tracer;
        this.topic = topic;
        this.model = model;
    }

    /** A prompt's spans. Its events come one after the other, on any thread. */
    private final class Running {
        private final Span whole;
        private Span stage;
        private long tokens;
        private boolean ended;

        Running(Span whole, Instant since) {
            this.whole = whole;
            this.stage = begin("queue", since);
        }

        private Span begin(String name, Instant since) {
            return tracer.spanBuilder(name).setParent(Context.root().with(whole)).setStartTimestamp(since).startSpan();
        }

        synchronized void next(String name) {
            Instant now = Instant.now();
            stage.end(now);
            stage = begin(name, now);
        }

        synchronized void started(int promptTokens, int cachedTokens) {
            next("prefill");
            whole.setAttribute("gen_ai.usage.input_tokens", promptTokens);
            whole.setAttribute("millrace.cached_tokens", cachedTokens);
        }

        synchronized void token() {
            if (tokens++ == 0) {
                next("decode");
            }
        }

        synchronized void ended(FinishReason reason) {
            ended = true;
            next("publish");
            whole.setAttribute("gen_ai.usage.output_tokens", tokens);
            whole.setAttribute("millrace.finish_reason", reason.text());
            if (reason == FinishReason.ERROR) {
                whole.setStatus(StatusCode.ERROR);
            }
        }

        synchronized boolean hasEnded() {
            return ended;
        }

        synchronized void close(boolean here) {
            if (!here) {
                whole.setAttribute("millrace.handed_over", true);
            }
            Instant now = Instant.now();
            stage.end(now);
            whole.end(now);
        }
    }

    @Override
    public void admitted(String id, long timestampMillis, String traceParent) {
        // the record's clock may be another machine's
        Instant since = Instant.ofEpochMilli(Math.min(timestampMillis, System.currentTimeMillis()));
        Span whole = tracer.spanBuilder("process prompt").setParent(TraceParent.read(traceParent))
                .setSpanKind(SpanKind.CONSUMER).setStartTimestamp(since).setAttribute("messaging.system", "kafka")
                .setAttribute("messaging.operation.type", "process").setAttribute("messaging.destination.name", topic)
                .setAttribute("gen_ai.request.model", model).setAttribute(ID, id).startSpan();
        if (whole.isRecording()) {
            running.put(id, new Running(whole, since));
        }
    }

    @Override
    public void started(String id, int promptTokens, int cachedTokens) {
        Running prompt = running.get(id);
        if (prompt != null) {
            prompt.started(promptTokens, cachedTokens);
        }
    }

    @Override
    public void token(String id) {
        Running prompt = running.get(id);
        if (prompt != null) {
            prompt.token();
        }
    }

    @Override
    public void ended(String id, long timestampMillis, FinishReason reason) {
        Running prompt = running.get(id);
        if (prompt != null) {
            prompt.ended(reason);
        }
    }

    @Override
    public void settled(String id, boolean published) {
        Running prompt = running.remove(id);
        if (prompt != null) {
            prompt.close(published);
        }
    }

    @Override
    public void handedOver(String id) {
        Running prompt = running.get(id);
        if (prompt != null && !prompt.hasEnded() && running.remove(id, prompt)) {
            prompt.close(false);
        }
    }
}
