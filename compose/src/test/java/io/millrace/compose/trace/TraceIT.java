package io.millrace.compose.trace;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.compose.broker.EmbeddedBroker;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.client.PromptSender;
import io.millrace.compose.role.Gateway;
import io.millrace.compose.role.Parts;
import io.millrace.compose.role.TopicSetup;
import io.millrace.compose.role.Verticles;
import io.millrace.compose.role.Worker;
import io.millrace.compose.trace.TraceCollector.Received;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.LanguageModel;
import io.millrace.ingest.IngestOptions;
import io.millrace.schemas.PromptCodec;
import io.millrace.schemas.Topics;
import io.millrace.sink.GatewayOptions;
import io.opentelemetry.proto.trace.v1.Span.SpanKind;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One trace leads from a client through gateway, topic and worker to the completion. */
@Tag("long")
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class TraceIT {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String CLIENTS_SPAN = "00f067aa0ba902b7";
    private static final String TRACE_PARENT = "00-" + TRACE + "-" + CLIENTS_SPAN + "-01";
    private static final List<String> STAGES = List.of("queue", "prefill", "decode", "publish");

    @TempDir
    Path data;

    private final Parts parts = new Parts();
    private final HttpClient client = HttpClient.newHttpClient();
    private TraceCollector collector;
    private BrokerAddress address;
    private Gateway gateway;

    @BeforeEach
    void open() throws Exception {
        collector = parts.add("the collector", new TraceCollector());
        var broker = parts.add("the broker", new EmbeddedBroker(data, 0));
        broker.start();
        address = BrokerAddress.parse(broker.bootstrapServers());
        TopicSetup.ensure(address, Topics.DEFAULT, 1);
        LanguageModel demo = parts.add("the model", LanguageModel.demo());
        Worker.start(parts, traced("worker"), IngestOptions.of(address.clientSettings(), Topics.DEFAULT), demo,
                EngineOptions.defaults(demo));
        gateway = Gateway.start(parts, traced("gateway"), address, Topics.DEFAULT, GatewayOptions.DEFAULT);
    }

    private Verticles traced(String service) {
        return Verticles.start(parts, parts.add("traces", Traces.open(collector.url(), Map.of(
                "OTEL_EXPORTER_OTLP_HEADERS", "x-team=mill%20race"), service, "1.0")));
    }

    @AfterEach
    void close() {
        client.shutdownNow();
        parts.close();
    }

    private int post(String... headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(gateway.httpUrl() + "/v1/completions")).POST(BodyPublishers
                .ofString("{\"prompt\":\"Once upon a time\",\"max_tokens\":9,\"temperature\":0}"));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return client.send(request.build(), BodyHandlers.ofString()).statusCode();
    }

    private Map<String, Received> spans(int count) throws Exception {
        var all = new HashMap<String, Received>();
        while (all.size() < count) {
            Received next = collector.next();
            assertThat(all.put(next.name(), next)).as(next.name()).isNull();
        }
        return all;
    }

    @Test
    void aRequestsTraceLeadsThroughAllProcessesToItsCompletion() throws Exception {
        assertThat(post("traceparent", TRACE_PARENT)).isEqualTo(200);
        Map<String, Received> spans = spans(7);
        assertThat(spans.values()).allMatch(span -> span.trace().equals(TRACE));
        Received request = spans.get("POST /v1/completions");
        assertThat(request.parent()).isEqualTo(CLIENTS_SPAN);
        assertThat(request.span().getKind()).isEqualTo(SpanKind.SPAN_KIND_SERVER);
        assertThat(request.attribute("http.response.status_code")).isEqualTo("200");
        Received sent = spans.get("send prompt");
        assertThat(sent.parent()).isEqualTo(request.id());
        assertThat(sent.span().getKind()).isEqualTo(SpanKind.SPAN_KIND_PRODUCER);
        Received prompt = spans.get("process prompt");
        assertThat(prompt.parent()).isEqualTo(sent.id());
        assertThat(prompt.span().getKind()).isEqualTo(SpanKind.SPAN_KIND_CONSUMER);
        assertThat(prompt.service()).isEqualTo("worker");
        assertThat(request.service()).isEqualTo("gateway");
        assertThat(prompt.attribute("gen_ai.usage.output_tokens")).isEqualTo("9");
        assertThat(prompt.attribute("millrace.prompt.id")).isEqualTo(sent.attribute("millrace.prompt.id")).startsWith(
                "cmpl-");
        assertStagesFollowEachOther(prompt, spans);
        assertThat(collector.headers).containsOnly("mill race");
    }

    private static void assertStagesFollowEachOther(Received prompt, Map<String, Received> spans) {
        long last = prompt.span().getStartTimeUnixNano();
        for (String stage : STAGES) {
            Received span = spans.get(stage);
            assertThat(span.parent()).as(stage).isEqualTo(prompt.id());
            assertThat(span.span().getStartTimeUnixNano()).as(stage).isEqualTo(last);
            last = span.span().getEndTimeUnixNano();
        }
        assertThat(prompt.span().getEndTimeUnixNano()).isEqualTo(last);
    }

    @Test
    void aRequestWithoutATraceBeginsOne() throws Exception {
        assertThat(post()).isEqualTo(200);
        Map<String, Received> spans = spans(7);
        assertThat(spans.get("POST /v1/completions").parent()).isEmpty();
        assertThat(spans.values().stream().map(Received::trace).distinct()).hasSize(1);
    }

    @Test
    void aProducersTraceGoesOnInTheWorker() throws Exception {
        try (var sender = new PromptSender(address, Topics.DEFAULT)) {
            var codec = new PromptCodec();
            sender.send(codec.decode("{\"id\":\"a\",\"prompt\":\"Once\",\"max_tokens\":3}".getBytes(
                    StandardCharsets.UTF_8)), TRACE_PARENT).join();
            Map<String, Received> spans = spans(5);
            assertThat(spans.get("process prompt").trace()).isEqualTo(TRACE);
            assertThat(spans.get("process prompt").parent()).isEqualTo(CLIENTS_SPAN);
            // what strangers wrote may be anything
            sender.send(codec.decode("{\"id\":\"b\",\"prompt\":\"Once\",\"max_tokens\":3}".getBytes(
                    StandardCharsets.UTF_8)), "no trace\0 at all").join();
            assertThat(spans(5).get("process prompt").parent()).isEmpty();
        }
    }

    @Test
    void whatAClientDoesNotWantTracedIsNot() throws Exception {
        assertThat(post("traceparent", TRACE_PARENT.replaceFirst("01$", "00"))).isEqualTo(200);
        assertThat(post()).isEqualTo(200);
        // the second alone
        assertThat(spans(7).values()).noneMatch(span -> span.trace().equals(TRACE));
    }
}
