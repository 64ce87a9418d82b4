package io.millrace.schemas;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;

/**
 * Completions as the values of records, after {@code schemas/completion.schema.json}. Unknown fields are passed over, so
 * that an older reader follows a newer writer. Immutable; safe for any thread.
 */
public final class CompletionCodec {
    public byte[] encode(Completion completion) {
        return Json.bytes(json -> write(json, completion));
    }

    /**
     * Reads one completion.
     *
     * @throws IllegalArgumentException naming what is wrong, when the value is no completion
     */
    public Completion decode(byte[] value) {
        Fields fields = Json.object(Json.utf8(value));
        return new Completion(fields.requiredText("id"), fields.requiredInteger("attempt"),
                fields.requiredText("model"), fields.requiredText("text"), AnswerJson.readMessage(fields),
                TaskJson.readResult(fields, false),
                ResultJson.readFinishReason(fields),
                ResultJson.readError(fields), ResultJson.readUsage(fields), ResultJson.readTimings(fields),
                fields.value("metadata"));
    }

    private static void write(JsonGenerator json, Completion completion) throws IOException {
        json.writeStringField("id", completion.id());
        json.writeNumberField("attempt", completion.attempt());
        json.writeStringField("model", completion.model());
        json.writeStringField("text", completion.text());
        if (completion.message() != null) {
            AnswerJson.write(json, completion.message());
        }
        TaskJson.write(json, completion.result());
        json.writeStringField("finish_reason", completion.finishReason().text());
        if (completion.error() != null) {
            ResultJson.writeError(json, completion.error());
        }
        ResultJson.writeUsage(json, completion.usage());
        ResultJson.writeTimings(json, completion.timings());
        JsonNode metadata = completion.metadata();
        if (metadata != null && !metadata.isNull()) {
            json.writeFieldName("metadata");
            json.writeTree(metadata);
        }
    }
}
