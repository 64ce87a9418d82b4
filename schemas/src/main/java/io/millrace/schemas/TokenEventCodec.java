package io.millrace.schemas;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;

/**
 * Token events as the values of records and as WebSocket frames, after {@code schemas/token-event.schema.json}. Unknown
 * fields are passed over, so that an older reader follows a newer writer. Immutable; safe for any thread.
 */
public final class TokenEventCodec {
    /** Writes as a stream, with no tree in between: this runs once a token. */
    public byte[] encode(TokenEvent event) {
        return Json.bytes(json -> write(json, event));
    }

    /**
     * Reads one event.
     *
     * @throws IllegalArgumentException naming what is wrong, when the value is no token event
     */
    public TokenEvent decode(byte[] value) {
        return read(Json.object(Json.utf8(value)));
    }

    static TokenEvent read(Fields fields) {
        String type = fields.requiredText("type");
        return switch (type) {
            case "started" -> new TokenEvent.Started(fields.requiredText("id"), fields.requiredInteger("attempt"),
                    fields.requiredText("model"), fields.requiredInteger("prompt_tokens"),
                    fields.requiredInteger("cached_tokens"));
            case "token" -> new TokenEvent.Token(fields.requiredText("id"), fields.requiredInteger("attempt"),
                    fields.requiredInteger("seq"), fields.requiredText("text"), fields.requiredInteger("token"),
                    LogprobsJson.read(fields), AnswerJson.readDelta(fields));
            case "completed" -> new TokenEvent.Completed(fields.requiredText("id"), fields.requiredInteger("attempt"),
                    fields.requiredInteger("seq"), ResultJson.readFinishReason(fields), ResultJson.readUsage(fields),
                    ResultJson.readTimings(fields), AnswerJson.readDelta(fields), TaskJson.readResult(fields, true));
            case "failed" -> new TokenEvent.Failed(fields.requiredText("id"), fields.requiredInteger("attempt"),
                    fields.required("error", ResultJson.readError(fields)));
            default -> throw fields.wrong("type", "one of started, token, completed, failed", fields.any("type"));
        };
    }

    static void write(JsonGenerator json, TokenEvent event) throws IOException {
        json.writeStringField("type", type(event));
        json.writeStringField("id", event.id());
        json.writeNumberField("attempt", event.attempt());
        switch (event) {
            case TokenEvent.Started started -> {
                json.writeStringField("model", started.model());
                json.writeNumberField("prompt_tokens", started.promptTokens());
                json.writeNumberField("cached_tokens", started.cachedTokens());
            }
            case TokenEvent.Token token -> {
                json.writeNumberField("seq", token.seq());
                json.writeStringField("text", token.text());
                json.writeNumberField("token", token.token());
                if (token.logprobs() != null) {
                    LogprobsJson.write(json, token.logprobs());
                }
                write(json, token.delta());
            }
            case TokenEvent.Completed completed -> {
                json.writeNumberField("seq", completed.seq());
                json.writeStringField("finish_reason", completed.finishReason().text());
                ResultJson.writeUsage(json, completed.usage());
                ResultJson.writeTimings(json, completed.timings());
                write(json, completed.delta());
                TaskJson.write(json, completed.result());
            }
            case TokenEvent.Failed failed -> ResultJson.writeError(json, failed.error());
        }
    }

    private static void write(JsonGenerator json, AnswerDelta delta) throws IOException {
        if (delta != null) {
            AnswerJson.write(json, delta);
        }
    }

    private static String type(TokenEvent event) {
        return switch (event) {
            case TokenEvent.Started _ -> "started";
            case TokenEvent.Token _ -> "token";
            case TokenEvent.Completed _ -> "completed";
            case TokenEvent.Failed _ -> "failed";
        };
    }
}
