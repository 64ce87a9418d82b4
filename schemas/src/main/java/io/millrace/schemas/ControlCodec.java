package io.millrace.schemas;

/**
 * Control records, after {@code schemas/control.schema.json}; unknown fields are refused, as people write these too.
 * Immutable; safe for any thread.
 */
public final class ControlCodec {
    public byte[] encode(Control control) {
        return Json.bytes(json -> {
            switch (control) {
                case Control.Cancel cancel -> {
                    json.writeStringField("type", "cancel");
                    json.writeStringField("id", cancel.id());
                }
            }
        });
    }

    /**
     * Reads one control record.
     *
     * @throws InvalidPromptException naming what is wrong, when the value is no control record
     */
    public Control decode(byte[] value) {
        Fields fields = Json.object(Json.utf8(value));
        if (!fields.requiredText("type").equals("cancel")) {
            throw fields.wrong("type", "\"cancel\"", fields.any("type"));
        }
        String id = fields.requiredText("id");
        fields.refuseOthers();
        return new Control.Cancel(id);
    }
}
