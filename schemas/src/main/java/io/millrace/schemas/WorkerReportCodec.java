package io.millrace.schemas;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.schemas.PromptProgress.Stage;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/**
 * Workers' reports as the values of records, after {@code schemas/worker-report.schema.json}. Unknown fields are passed over, so that an older reader follows a
 * newer writer. Immutable; safe for any thread.
 */
public final class WorkerReportCodec {
    public byte[] encode(WorkerReport report) {
        return Json.bytes(json -> write(json, report));
    }

    /** One prompt as it stands in a report. */
    public byte[] encode(PromptProgress prompt) {
        return Json.bytes(json -> writeFields(json, prompt));
    }

    /**
     * Reads one report.
     *
     * @throws IllegalArgumentException naming what is wrong, when the value is no report
     */
    public WorkerReport decode(byte[] value) {
        Fields fields = Json.object(Json.utf8(value));
        Fields blocks = fields.requiredFields("kv_blocks");
        List<Fields> recent = fields.required("recent", fields.objects("recent"));
        return new WorkerReport(fields.requiredText("id"), fields.requiredText("model"), requiredLong(fields, "time"),
                requiredLong(fields, "since"), fields.requiredInteger("context_length"),
                new WorkerReport.Load(fields.requiredInteger("running"), fields.requiredInteger("slots"),
                        fields.requiredInteger("queued"), fields.requiredInteger("in_hand"),
                        fields.requiredInteger("waiting")),
                new WorkerReport.Speed(fields.requiredNumber("tokens_per_s"),
                        fields.requiredNumber("prompt_tokens_per_s"), timeToFirstToken(fields)),
                new WorkerReport.Cache(blocks.requiredInteger("used"), blocks.requiredInteger("total")),
                new WorkerReport.Totals(requiredLong(fields, "prompt_tokens"), requiredLong(fields, "cached_tokens"),
                        requiredLong(fields, "generated_tokens"), requiredLong(fields, "preemptions")),
                recent.stream().map(WorkerReportCodec::progress).toList());
    }

    private static WorkerReport.Quantiles timeToFirstToken(Fields fields) {
        JsonNode node = fields.any("time_to_first_token_ms");
        if (node == null || node.isNull()) {
            return null;
        }
        Fields quantiles = fields.requiredFields("time_to_first_token_ms");
        return new WorkerReport.Quantiles(quantiles.requiredNumber("p50"), quantiles.requiredNumber("p95"));
    }

    private static PromptProgress progress(Fields given) {
        Fields fields = given.withNullAsAbsent();
        return new PromptProgress(fields.requiredText("id"), stage(fields), requiredLong(fields, "received"),
                fields.longInteger("admitted"), fields.longInteger("started"), fields.longInteger("first_token"),
                fields.longInteger("ended"), fields.requiredInteger("prompt_tokens"),
                fields.requiredInteger("cached_tokens"), fields.requiredInteger("tokens"));
    }

    private static Stage stage(Fields fields) {
        String name = fields.requiredText("stage");
        for (Stage stage : Stage.values()) {
            if (text(stage).equals(name)) {
                return stage;
            }
        }
        throw fields.wrong("stage", "where a prompt can be", fields.any("stage"));
    }

    private static String text(Stage stage) {
        return stage.name().toLowerCase(Locale.ROOT);
    }

    private static long requiredLong(Fields fields, String name) {
        return fields.required(name, fields.longInteger(name));
    }

    private static void write(JsonGenerator json, WorkerReport report) throws IOException {
        json.writeStringField("id", report.id());
        json.writeStringField("model", report.model());
        json.writeNumberField("time", report.time());
        json.writeNumberField("since", report.since());
        json.writeNumberField("context_length", report.contextLength());
        json.writeNumberField("running", report.load().running());
        json.writeNumberField("slots", report.load().slots());
        json.writeNumberField("queued", report.load().queued());
        json.writeNumberField("in_hand", report.load().inHand());
        json.writeNumberField("waiting", report.load().waiting());
        json.writeNumberField("tokens_per_s", report.speed().tokensPerSecond());
        json.writeNumberField("prompt_tokens_per_s", report.speed().promptTokensPerSecond());
        write(json, report.speed().timeToFirstToken());
        json.writeObjectFieldStart("kv_blocks");
        json.writeNumberField("used", report.cache().usedBlocks());
        json.writeNumberField("total", report.cache().totalBlocks());
        json.writeEndObject();
        json.writeNumberField("prompt_tokens", report.totals().promptTokens());
        json.writeNumberField("cached_tokens", report.totals().cachedTokens());
        json.writeNumberField("generated_tokens", report.totals().generatedTokens());
        json.writeNumberField("preemptions", report.totals().preemptions());
        json.writeArrayFieldStart("recent");
        for (PromptProgress prompt : report.recent()) {
            json.writeStartObject();
            writeFields(json, prompt);
            json.writeEndObject();
        }
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, WorkerReport.Quantiles quantiles) throws IOException {
        if (quantiles == null) {
            json.writeNullField("time_to_first_token_ms");
            return;
        }
        json.writeObjectFieldStart("time_to_first_token_ms");
        json.writeNumberField("p50", quantiles.p50());
        json.writeNumberField("p95", quantiles.p95());
        json.writeEndObject();
    }

    private static void writeFields(JsonGenerator json, PromptProgress prompt) throws IOException {
        json.writeStringField("id", prompt.id());
        json.writeStringField("stage", text(prompt.stage()));
        json.writeNumberField("received", prompt.received());
        write(json, "admitted", prompt.admitted());
        write(json, "started", prompt.started());
        write(json, "first_token", prompt.firstToken());
        write(json, "ended", prompt.ended());
        json.writeNumberField("prompt_tokens", prompt.promptTokens());
        json.writeNumberField("cached_tokens", prompt.cachedTokens());
        json.writeNumberField("tokens", prompt.tokens());
    }

    private static void write(JsonGenerator json, String name, Long time) throws IOException {
        if (time == null) {
            json.writeNullField(name);
        } else {
            json.writeNumberField(name, time);
        }
    }
}
