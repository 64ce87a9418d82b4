package io.millrace.schemas;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * WebSocket frames, after {@code schemas/client-frame.schema.json} and {@code schemas/server-frame.schema.json}. What
 * clients send is read as strictly as prompts are; what servers send as leniently as token events. Immutable; safe for
 * any thread.
 */
public final class FrameCodec {
    private final PromptCodec prompts;

    /**
     * Accepts client frames up to a size.
     *
     * @param maxBytes the size of the largest client frame accepted, 1 or more
     */
    public FrameCodec(int maxBytes) {
        this.prompts = new PromptCodec(maxBytes);
    }

    public FrameCodec() {
        this(PromptCodec.DEFAULT_MAX_BYTES);
    }

    /**
     * Reads what a client sent.
     *
     * @throws InvalidPromptException naming what is wrong and what to do
     */
    public ClientFrame decodeClient(String frame) {
        return decodeClient(frame.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads what a client sent.
     *
     * @throws InvalidPromptException naming what is wrong and what to do
     */
    public ClientFrame decodeClient(byte[] frame) {
        Fields fields = Json.object(prompts.text(frame));
        String type = fields.requiredText("type");
        ClientFrame result = switch (type) {
            case "prompt" -> new ClientFrame.Submit(PromptJson.read(fields));
            case "subscribe" -> {
                Integer from = fields.integer("from");
                yield new ClientFrame.Subscribe(fields.requiredText("id"), from == null ? 0 : from);
            }
            case "unsubscribe" -> new ClientFrame.Unsubscribe(fields.requiredText("id"));
            case "cancel" -> new ClientFrame.Cancel(fields.requiredText("id"));
            default -> throw fields.wrong("type", "one of prompt, subscribe, unsubscribe, cancel", fields.any("type"));
        };
        fields.refuseOthers();
        return result;
    }

    /** The id given in a frame that {@link #decodeClient} refuses, if there is one that can be read. */
    public Optional<String> givenId(String frame) {
        return GivenId.in(frame.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads what a server sent.
     *
     * @throws IllegalArgumentException naming what is wrong, when the text is no server frame
     */
    public ServerFrame decodeServer(String frame) {
        Fields fields = Json.object(frame);
        return switch (fields.requiredText("type")) {
            case "accepted" -> new ServerFrame.Accepted(fields.requiredText("id"));
            case "error" -> new ServerFrame.Refused(fields.requiredText("code"), fields.requiredText("message"),
                    fields.text("id"));
            case "started", "token", "completed", "failed" -> new ServerFrame.Event(TokenEventCodec.read(fields));
            default -> throw fields.wrong("type", "one of accepted, error, started, token, completed, failed",
                    fields.any("type"));
        };
    }

    public String encode(ClientFrame frame) {
        return text(json -> write(json, frame));
    }

    public String encode(ServerFrame frame) {
        return text(json -> write(json, frame));
    }

    private static void write(JsonGenerator json, ClientFrame frame) throws IOException {
        switch (frame) {
            case ClientFrame.Submit submit -> {
                json.writeStringField("type", "prompt");
                PromptJson.write(json, submit.prompt());
            }
            case ClientFrame.Subscribe subscribe -> {
                typeAndId(json, "subscribe", subscribe.id());
                json.writeNumberField("from", subscribe.from());
            }
            case ClientFrame.Unsubscribe unsubscribe -> typeAndId(json, "unsubscribe", unsubscribe.id());
            case ClientFrame.Cancel cancel -> typeAndId(json, "cancel", cancel.id());
        }
    }

    private static void write(JsonGenerator json, ServerFrame frame) throws IOException {
        switch (frame) {
            case ServerFrame.Accepted accepted -> typeAndId(json, "accepted", accepted.id());
            case ServerFrame.Event event -> TokenEventCodec.write(json, event.event());
            case ServerFrame.Refused refused -> {
                json.writeStringField("type", "error");
                json.writeStringField("code", refused.code());
                json.writeStringField("message", refused.message());
                if (refused.id() != null) {
                    json.writeStringField("id", refused.id());
                }
            }
        }
    }

    private static void typeAndId(JsonGenerator json, String type, String id) throws IOException {
        json.writeStringField("type", type);
        json.writeStringField("id", id);
    }

    private static String text(Json.Body body) {
        return new String(Json.bytes(body), StandardCharsets.UTF_8);
    }
}
