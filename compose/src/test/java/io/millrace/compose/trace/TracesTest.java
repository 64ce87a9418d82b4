package io.millrace.compose.trace;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.compose.UserException;
import io.millrace.compose.trace.TraceCollector.Received;
import io.millrace.ingest.PromptObserver;
import io.millrace.schemas.FinishReason;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TracesTest {
    private static final String TRACE_PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private TraceCollector collector;

    @BeforeEach
    void open() throws IOException {
        collector = new TraceCollector();
    }

    @AfterEach
    void close() {
        collector.close();
    }

    @Test
    void withoutAnAddressNothingIsTracedAndEverythingPassedOn() throws InterruptedException {
        Traces off = Traces.open(null, Map.of(), "worker", "1.0");
        assertThat(off).isSameAs(Traces.NONE);
        var sent = new AtomicReference<String>();
        off.sending("a", TRACE_PARENT, parent -> {
            sent.set(parent);
            return CompletableFuture.completedFuture(null);
        }).join();
        assertThat(sent).hasValue(TRACE_PARENT);
        assertThat(off.requests().begin("/v1/completions", TRACE_PARENT).parent()).isEqualTo(TRACE_PARENT);
        assertThat(off.requests().begin("/v1/completions", null).parent()).isNull();
        assertThat(collector.isSilentFor(Duration.ZERO)).isTrue();
    }

    @Test
    void theEnvironmentMaySayWhereAndWho() throws InterruptedException {
        try (Traces traces = Traces.open(null, Map.of("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url() + "/",
                "OTEL_SERVICE_NAME", "mill"), "worker", "1.0")) {
            traces.requests().begin("/v1/completions", null).ended(503);
        }
        Received span = collector.next();
        assertThat(span.service()).isEqualTo("mill");
        assertThat(span.span().getStatus().getCodeValue()).isEqualTo(2);
    }

    @Test
    void aPromptThatIsHandedOverEndsItsSpansHere() throws InterruptedException {
        try (Traces traces = Traces.open(collector.url(), Map.of(), "worker", "1.0")) {
            PromptObserver observer = traces.prompts("millrace.prompts", "tiny");
            observer.admitted("a", System.currentTimeMillis(), TRACE_PARENT);
            observer.started("a", 3, 0);
            observer.handedOver("a");
            observer.handedOver("a");
            // one that has ended is this worker's until it is settled
            observer.admitted("b", System.currentTimeMillis(), TRACE_PARENT);
            observer.ended("b", 0, FinishReason.CANCELLED);
            observer.handedOver("b");
            observer.settled("b", true);
            // never admitted
            observer.ended("c", 0, FinishReason.ERROR);
            observer.settled("c", true);
        }
        for (String name : new String[]{"queue", "prefill", "process prompt", "queue", "publish", "process prompt"}) {
            assertThat(collector.next().name()).isEqualTo(name);
        }
        assertThat(collector.isSilentFor(Duration.ZERO)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1:4318", "grpc://x:4317", "http://", "http://a b"})
    void anAddressThatIsNoneIsRefused(String endpoint) {
        assertThatThrownBy(() -> Traces.open(endpoint, Map.of(), "worker", "1.0")).isInstanceOf(UserException.class)
                .hasMessageStartingWith("--otlp " + endpoint);
    }
}
