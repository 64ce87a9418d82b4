package io.millrace.compose.cli;

import io.millrace.compose.trace.Traces;
import java.util.Map;
import picocli.CommandLine.Option;

/** Where traces go. */
final class TraceFlags {
    @Option(names = "--otlp", paramLabel = "URL", description = "Send traces of requests and prompts there, as OpenTelemetry's protocol over HTTP has it, such as http://127.0.0.1:4318; OTEL_EXPORTER_OTLP_ENDPOINT, if that is set, unless given, else nowhere.")
    private String endpoint;

    /**
     * Begins to trace; the caller closes it.
     *
     * @param service this process's name in traces, if OTEL_SERVICE_NAME does not give one
     */
    Traces open(Map<String, String> environment, String service) {
        return Traces.open(endpoint, environment, service, Version.number());
    }
}
