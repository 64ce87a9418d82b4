package io.millrace.sink.http;

import io.millrace.schemas.PromptProgress;
import io.millrace.schemas.WorkerReport;
import io.millrace.schemas.WorkerReportCodec;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * The whole pipeline at one moment.
 *
 * @param time milliseconds since the epoch
 * @param lag by partition: prompts that are not known to be done
 */
record PipelineSnapshot(long time, Map<Integer, Long> lag, List<WorkerReport> workers) {
    private static final String RECENT = "recent";
    private static final WorkerReportCodec CODEC = new WorkerReportCodec();

    /** A worker's prompt. */
    private record Seen(String worker, PromptProgress prompt) {
        long arrival() {
            return prompt.admitted() == null ? prompt.received() : prompt.admitted();
        }
    }

    /** As {@code caller} may see it: what is nobody's, and the prompts that are the caller's own. */
    JsonObject json(Caller caller) {
        var partitions = new JsonArray();
        lag.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(entry -> partitions.add(new JsonObject()
                .put("partition", entry.getKey()).put("waiting", entry.getValue())));
        var reports = new JsonArray();
        var recent = new JsonArray();
        workers.forEach(report -> reports.add(withoutRecent(report)));
        workers.stream().flatMap(report -> report.recent().stream().map(prompt -> new Seen(report.id(), prompt)))
                .filter(seen -> caller.owns(seen.prompt().id()))
                .sorted(Comparator.comparingLong(Seen::arrival).reversed()).limit(WorkerReport.MAX_RECENT)
                .forEach(seen -> recent.add(json(seen)));
        return new JsonObject().put("time", time).put("lag", partitions).put("workers", reports).put(RECENT, recent);
    }

    private static JsonObject withoutRecent(WorkerReport report) {
        var json = new JsonObject(Buffer.buffer(CODEC.encode(report)));
        json.remove(RECENT);
        return json;
    }

    private static JsonObject json(Seen seen) {
        PromptProgress prompt = seen.prompt();
        return new JsonObject(Buffer.buffer(CODEC.encode(prompt))).put("worker", seen.worker());
    }
}
