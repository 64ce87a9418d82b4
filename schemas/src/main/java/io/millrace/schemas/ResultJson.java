package io.millrace.schemas;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** The parts that token events and completions share. Unknown fields are passed over: a newer writer may add some. */
final class ResultJson {
    private static final Map<String, FinishReason> FINISH_REASONS = Arrays.stream(FinishReason.values())
            .collect(Collectors.toMap(FinishReason::text, reason -> reason));

    private ResultJson() {}

    static FinishReason readFinishReason(Fields fields) {
        FinishReason reason = FINISH_REASONS.get(fields.requiredText("finish_reason"));
        if (reason == null) {
            throw fields.wrong("finish_reason", "one of stop, tool_calls, length, cancelled, error",
                    fields.any("finish_reason"));
        }
        return reason;
    }

    static Usage readUsage(Fields parent) {
        Fields fields = parent.requiredFields("usage");
        // The total follows from the others, but must be there for readers that do not add.
        Counts.notNegative("total_tokens", fields.requiredInteger("total_tokens"));
        return new Usage(fields.requiredInteger("prompt_tokens"), fields.requiredInteger("completion_tokens"),
                fields.requiredInteger("cached_tokens"));
    }

    static Timings readTimings(Fields parent) {
        Fields fields = parent.requiredFields("timings");
        return new Timings(fields.requiredNumber("queue_ms"), fields.requiredNumber("prefill_ms"),
                fields.requiredNumber("decode_ms"));
    }

    /** Null when there is none. */
    static ErrorDetail readError(Fields parent) {
        if (parent.object("error") == null) {
            return null;
        }
        Fields fields = parent.requiredFields("error");
        return new ErrorDetail(fields.requiredText("code"), fields.requiredText("message"));
    }

    static void writeUsage(JsonGenerator json, Usage usage) throws IOException {
        json.writeObjectFieldStart("usage");
        json.writeNumberField("prompt_tokens", usage.promptTokens());
        json.writeNumberField("completion_tokens", usage.completionTokens());
        json.writeNumberField("total_tokens", usage.totalTokens());
        json.writeNumberField("cached_tokens", usage.cachedTokens());
        json.writeEndObject();
    }

    static void writeTimings(JsonGenerator json, Timings timings) throws IOException {
        json.writeObjectFieldStart("timings");
        json.writeNumberField("queue_ms", timings.queueMillis());
        json.writeNumberField("prefill_ms", timings.prefillMillis());
        json.writeNumberField("decode_ms", timings.decodeMillis());
        json.writeEndObject();
    }

    static void writeError(JsonGenerator json, ErrorDetail error) throws IOException {
        json.writeObjectFieldStart("error");
        json.writeStringField("code", error.code());
        json.writeStringField("message", error.message());
        json.writeEndObject();
    }
}
