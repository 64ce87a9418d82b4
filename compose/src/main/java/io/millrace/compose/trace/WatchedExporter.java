package io.millrace.compose.trace;

import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.slf4j.LoggerFactory;

/** Says in one line, in this program's log, that traces cannot be sent, and that they can again. Spans that were not sent are lost. */
final class WatchedExporter implements SpanExporter {
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(WatchedExporter.class);
    /** OpenTelemetry's own line for each failure, with a stack trace and past the log. Kept here, as loggers that nobody holds forget their level. */
    private static final Logger OTHERS = Logger.getLogger("io.opentelemetry.exporter");

    private final SpanExporter exporter;
    private final String address;
    private final AtomicBoolean failing = new AtomicBoolean();

    /** @param address where the exporter sends to */
    WatchedExporter(SpanExporter exporter, String address) {
        OTHERS.setLevel(Level.OFF);
        this.exporter = exporter;
        this.address = address;
    }

    @Override
    public CompletableResultCode export(Collection<SpanData> spans) {
        CompletableResultCode result = exporter.export(spans);
        result.whenComplete(() -> {
            if (result.isSuccess()) {
                if (failing.getAndSet(false)) {
                    LOG.info("traces are sent to {} again", address);
                }
            } else if (!failing.getAndSet(true)) {
                LOG.warn("traces cannot be sent to {}, and are lost until they can: {}", address, reason(result));
            }
        });
        return result;
    }

    private static String reason(CompletableResultCode result) {
        Throwable failure = result.getFailureThrowable();
        return failure == null ? "it does not take them" : failure.getMessage();
    }

    @Override
    public CompletableResultCode flush() {
        return exporter.flush();
    }

    @Override
    public CompletableResultCode shutdown() {
        return exporter.shutdown();
    }
}
