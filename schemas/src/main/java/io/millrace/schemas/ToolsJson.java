package io.millrace.schemas;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Tools and their calls, in OpenAI's form. */
final class ToolsJson {
    private static final String TOOLS = "tools";
    private static final String CHOICE = "tool_choice";
    private static final String PARALLEL = "parallel_tool_calls";
    private static final String FUNCTION = "function";

    private ToolsJson() {}

    /** What a prompt offers; {@link ToolUse#NONE} if nothing is given. */
    static ToolUse readUse(Fields fields) {
        return new ToolUse(readTools(fields), choice(fields), fields.flag(PARALLEL));
    }

    /** None if nothing is given. */
    static List<Tool> readTools(Fields fields) {
        List<Fields> elements = fields.objects(TOOLS);
        return elements == null ? List.of() : elements.stream().map(ToolsJson::tool).toList();
    }

    private static Tool tool(Fields fields) {
        requireFunction(fields);
        Fields function = fields.requiredFields(FUNCTION);
        fields.refuseOthers();
        var tool = new Tool(function.requiredText("name"), function.text("description"), function.object("parameters"),
                Boolean.TRUE.equals(function.flag("strict")));
        function.refuseOthers();
        return tool;
    }

    private static void requireFunction(Fields fields) {
        if (!fields.requiredText("type").equals(FUNCTION)) {
            throw fields.wrong("type", "\"function\"", fields.any("type"));
        }
    }

    private static ToolChoice choice(Fields fields) {
        JsonNode choice = fields.any(CHOICE);
        if (choice == null) {
            return null;
        }
        if (choice.isObject()) {
            Fields named = fields.requiredFields(CHOICE);
            requireFunction(named);
            Fields function = named.requiredFields(FUNCTION);
            named.refuseOthers();
            String name = function.requiredText("name");
            function.refuseOthers();
            return new ToolChoice.Function(name);
        }
        return switch (choice.isTextual() ? choice.textValue() : "") {
            case "auto" -> new ToolChoice.Auto();
            case "none" -> new ToolChoice.None();
            case "required" -> new ToolChoice.Required();
            default -> throw fields.wrong(CHOICE, "auto, none, required or an object that names a function", choice);
        };
    }

    /**
     * The calls of an assistant's message; none if none are given.
     *
     * @param others what to do with the fields of a call, or of its function, that nobody asked for
     */
    static List<ToolCall> readCalls(Fields message, Consumer<Fields> others) {
        List<Fields> elements = message.objects("tool_calls");
        if (elements == null) {
            return List.of();
        }
        List<ToolCall> calls = new ArrayList<>();
        for (Fields element : elements) {
            requireFunction(element);
            Fields function = element.requiredFields(FUNCTION);
            calls.add(new ToolCall(element.requiredText("id"), function.requiredText("name"),
                    function.requiredText("arguments")));
            others.accept(element);
            others.accept(function);
        }
        return calls;
    }

    static void writeUse(JsonGenerator json, ToolUse use) throws IOException {
        if (!use.tools().isEmpty()) {
            json.writeArrayFieldStart(TOOLS);
            for (Tool tool : use.tools()) {
                write(json, tool);
            }
            json.writeEndArray();
        }
        switch (use.choice()) {
            case null -> {
            }
            case ToolChoice.Auto _ -> json.writeStringField(CHOICE, "auto");
            case ToolChoice.None _ -> json.writeStringField(CHOICE, "none");
            case ToolChoice.Required _ -> json.writeStringField(CHOICE, "required");
            case ToolChoice.Function function -> {
                json.writeObjectFieldStart(CHOICE);
                json.writeStringField("type", FUNCTION);
                json.writeObjectFieldStart(FUNCTION);
                json.writeStringField("name", function.name());
                json.writeEndObject();
                json.writeEndObject();
            }
        }
        if (use.isParallel() != null) {
            json.writeBooleanField(PARALLEL, use.isParallel());
        }
    }

    private static void write(JsonGenerator json, Tool tool) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", FUNCTION);
        json.writeObjectFieldStart(FUNCTION);
        json.writeStringField("name", tool.name());
        if (tool.description() != null) {
            json.writeStringField("description", tool.description());
        }
        if (tool.parameters() != null) {
            json.writeFieldName("parameters");
            json.writeTree(tool.parameters());
        }
        if (tool.isStrict()) {
            json.writeBooleanField("strict", true);
        }
        json.writeEndObject();
        json.writeEndObject();
    }

    /** Writes nothing if there are none. */
    static void writeCalls(JsonGenerator json, List<ToolCall> calls) throws IOException {
        if (calls.isEmpty()) {
            return;
        }
        json.writeArrayFieldStart("tool_calls");
        for (ToolCall call : calls) {
            json.writeStartObject();
            json.writeStringField("id", call.id());
            json.writeStringField("type", FUNCTION);
            json.writeObjectFieldStart(FUNCTION);
            json.writeStringField("name", call.name());
            json.writeStringField("arguments", call.arguments());
            json.writeEndObject();
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
