package io.millrace.schemas;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.List;

/** A prompt's fields in JSON, alone as a record's value or within a client's frame. */
final class PromptJson {
    private PromptJson() {}

    /** Refuses every field that is neither a prompt's nor was read by the caller. */
    static Prompt read(Fields fields) {
        String id = fields.text("id");
        String conversation = fields.text("conversation");
        String model = fields.text("model");
        Task task = TaskJson.read(fields);
        Integer priority = fields.integer("priority");
        Long deadlineMillis = fields.longInteger("deadline_ms");
        JsonNode metadata = fields.value("metadata");
        Prompt read = switch (task) {
            case Task.Generate _ -> generation(fields, task);
            case Task.ApplyTemplate _ -> conversation(fields, task);
            case Task.Embed _,Task.Tokenize _,Task.Detokenize _ -> text(fields, task);
        };
        return new Prompt(id, conversation, model, task, read.prompt(), read.messages(), read.maxTokens(),
                read.sampling(), read.stop(), read.logprobs(), read.grammar(), read.responseFormat(), read.tools(),
                priority, deadlineMillis, metadata);
    }

    private static Prompt generation(Fields fields, Task task) {
        String prompt = fields.text("prompt");
        List<ChatMessage> messages = MessagesJson.read(fields);
        Integer maxTokens = fields.integer("max_tokens");
        SamplingSettings sampling = sampling(fields);
        List<String> stop = fields.texts("stop");
        Integer logprobs = fields.integer("logprobs");
        String grammar = fields.text("grammar");
        JsonNode responseFormat = fields.object("response_format");
        ToolUse tools = ToolsJson.readUse(fields);
        fields.refuseOthers();
        return new Prompt(null, null, null, task, prompt, messages, maxTokens, sampling,
                stop == null ? List.of() : stop, logprobs, grammar, responseFormat, tools, null, null, null);
    }

    private static Prompt conversation(Fields fields, Task task) {
        List<ChatMessage> messages = MessagesJson.read(fields);
        var tools = new ToolUse(ToolsJson.readTools(fields), null, null);
        fields.refuseOthers();
        return Prompt.ofConversation(task, null, messages, tools);
    }

    private static Prompt text(Fields fields, Task task) {
        String text = task instanceof Task.Detokenize ? null : fields.text("prompt");
        fields.refuseOthers();
        return Prompt.ofTask(task, null, text);
    }

    static SamplingSettings sampling(Fields fields) {
        return new SamplingSettings(fields.number("temperature"), fields.number("top_p"), fields.integer("top_k"),
                fields.number("min_p"), fields.number("typical_p"), fields.number("repeat_penalty"),
                fields.number("frequency_penalty"), fields.number("presence_penalty"), fields.longInteger("seed"));
    }

    static void write(JsonGenerator json, Prompt prompt) throws IOException {
        text(json, "id", prompt.id());
        text(json, "conversation", prompt.conversation());
        text(json, "model", prompt.model());
        TaskJson.write(json, prompt.task());
        text(json, "prompt", prompt.prompt());
        if (prompt.messages() != null) {
            MessagesJson.write(json, prompt.messages());
        }
        number(json, "max_tokens", prompt.maxTokens());
        writeSampling(json, prompt.sampling());
        if (!prompt.stop().isEmpty()) {
            json.writeArrayFieldStart("stop");
            for (String stop : prompt.stop()) {
                json.writeString(stop);
            }
            json.writeEndArray();
        }
        number(json, "logprobs", prompt.logprobs());
        text(json, "grammar", prompt.grammar());
        tree(json, "response_format", prompt.responseFormat());
        ToolsJson.writeUse(json, prompt.tools());
        number(json, "priority", prompt.priority());
        number(json, "deadline_ms", prompt.deadlineMillis());
        tree(json, "metadata", prompt.metadata());
    }

    private static void writeSampling(JsonGenerator json, SamplingSettings sampling) throws IOException {
        number(json, "temperature", sampling.temperature());
        number(json, "top_p", sampling.topP());
        number(json, "top_k", sampling.topK());
        number(json, "min_p", sampling.minP());
        number(json, "typical_p", sampling.typicalP());
        number(json, "repeat_penalty", sampling.repeatPenalty());
        number(json, "frequency_penalty", sampling.frequencyPenalty());
        number(json, "presence_penalty", sampling.presencePenalty());
        number(json, "seed", sampling.seed());
    }

    private static void text(JsonGenerator json, String name, String value) throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }

    private static void number(JsonGenerator json, String name, Double value) throws IOException {
        if (value != null) {
            json.writeNumberField(name, value);
        }
    }

    private static void number(JsonGenerator json, String name, Integer value) throws IOException {
        if (value != null) {
            json.writeNumberField(name, value);
        }
    }

    private static void number(JsonGenerator json, String name, Long value) throws IOException {
        if (value != null) {
            json.writeNumberField(name, value);
        }
    }

    private static void tree(JsonGenerator json, String name, JsonNode value) throws IOException {
        if (value != null) {
            json.writeFieldName(name);
            json.writeTree(value);
        }
    }
}
