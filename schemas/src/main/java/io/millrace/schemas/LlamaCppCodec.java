package io.millrace.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.List;

/**
 * Requests in the form of llama.cpp's own API. A JSON null means that nothing is given. What is not known, or cannot be done, is refused by
 * name; a setting that is off is passed over. Immutable; safe for any thread.
 *
 * @see <a href="https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md">llama.cpp's description</a>
 */
public final class LlamaCppCodec {
    /** Of llama.cpp: as many tokens as fit. */
    private static final int NO_LIMIT = -1;
    /** Of llama.cpp: draw a seed. */
    private static final int ANY_SEED = -1;
    private static final int MAX_PROBABILITIES = 20;
    /** Sampling that cannot be asked for in a prompt; 0 is off for each. */
    private static final List<String> OFF_AT_ZERO = List.of("dynatemp_range", "mirostat", "xtc_probability",
            "dry_multiplier", "n_keep", "n_indent", "t_max_predict_ms");

    /**
     * Reads the body of {@code POST /completion}.
     *
     * @throws InvalidPromptException naming the field
     */
    public GenerationCall completion(byte[] body) {
        Fields fields = Json.object(Json.utf8(body)).withNullAsAbsent();
        JsonNode given = fields.required("prompt", fields.any("prompt"));
        if (given.isArray()) {
            throw new InvalidPromptException(ErrorCode.NOT_SUPPORTED, "prompt",
                    "prompt must be one text: token ids and several prompts are not supported");
        }
        String text = fields.text("prompt");
        List<String> stop = fields.texts("stop");
        Integer probabilities = fields.integer("n_probs");
        Range.closed("n_probs", probabilities, 0, MAX_PROBABILITIES);
        Integer limit = fields.integer("n_predict");
        Range.closed("n_predict", limit, NO_LIMIT, Integer.MAX_VALUE);
        SamplingSettings sampling = PromptJson.sampling(fields);
        if (sampling.seed() != null && sampling.seed() == ANY_SEED) {
            sampling = sampling.withSeed(null);
        }
        boolean stream = Boolean.TRUE.equals(fields.flag("stream"));
        var prompt = new Prompt(null, null, fields.text("model"), new Task.Generate(), text, null,
                limit == null || limit == NO_LIMIT ? null : limit, sampling, stop == null ? List.of() : stop,
                probabilities == null || probabilities == 0 ? null : probabilities, fields.text("grammar"),
                format(fields), ToolUse.NONE, null, null, null);
        refuseOthers(fields);
        return new GenerationCall(List.of(prompt), 1, stream, false);
    }

    /**
     * Reads the body of {@code POST /tokenize}. What llamafiler understands by the same path is refused: it has other defaults and another answer.
     *
     * @throws InvalidPromptException naming the field
     */
    public GenerationCall tokenize(byte[] body) {
        Fields fields = Json.object(Json.utf8(body)).withNullAsAbsent();
        if (fields.any("prompt") != null) {
            throw new InvalidPromptException(ErrorCode.NOT_SUPPORTED, "prompt",
                    "prompt is llamafiler's name of the text; this is llama.cpp's API: name it content");
        }
        String text = fields.requiredText("content");
        var task = new Task.Tokenize(TaskJson.flag(fields, "add_special", false), TaskJson.flag(fields, "parse_special",
                true), TaskJson.flag(fields, "with_pieces", false));
        String model = fields.text("model");
        fields.refuseOthers();
        return task(Prompt.ofTask(task, model, text));
    }

    /**
     * Reads the body of {@code POST /detokenize}.
     *
     * @throws InvalidPromptException naming the field
     */
    public GenerationCall detokenize(byte[] body) {
        Fields fields = Json.object(Json.utf8(body)).withNullAsAbsent();
        var task = new Task.Detokenize(fields.required("tokens", fields.integers("tokens")));
        String model = fields.text("model");
        fields.refuseOthers();
        return task(Prompt.ofTask(task, model, null));
    }

    /**
     * Reads the body of {@code POST /apply-template}.
     *
     * @throws InvalidPromptException naming the field
     */
    public GenerationCall applyTemplate(byte[] body) {
        Fields fields = Json.object(Json.utf8(body)).withNullAsAbsent();
        List<ChatMessage> messages = OpenAiMessages.read(fields.required("messages", fields.objects("messages")));
        var tools = new ToolUse(ToolsJson.readTools(fields), null, null);
        String model = fields.text("model");
        fields.refuseOthers();
        return task(Prompt.ofConversation(new Task.ApplyTemplate(), model, messages, tools));
    }

    private static GenerationCall task(Prompt prompt) {
        return new GenerationCall(List.of(prompt), 1, false, false);
    }

    private static JsonNode format(Fields fields) {
        JsonNode schema = fields.object("json_schema");
        if (schema == null) {
            return fields.object("response_format");
        }
        var format = JsonNodeFactory.instance.objectNode().put("type", "json_schema");
        format.putObject("json_schema").set("schema", schema);
        return format;
    }

    private static void refuseOthers(Fields fields) {
        OFF_AT_ZERO.forEach(name -> fields.refuseUnless(name, node -> node.isNumber() && node.doubleValue() == 0));
        fields.refuseUnless("cache_prompt", node -> node.isBoolean() && node.booleanValue());
        fields.refuseUnless("id_slot", node -> node.isInt() && node.intValue() == -1);
        fields.refuseUnless("ignore_eos", Fields::isFalse);
        fields.refuseUnless("return_tokens", Fields::isFalse);
        fields.refuseUnless("post_sampling_probs", Fields::isFalse);
        fields.refuseUnless("timings_per_token", Fields::isFalse);
        fields.refuseUnless("logit_bias", JsonNode::isEmpty);
        fields.refuseUnless("lora", JsonNode::isEmpty);
        fields.refuseUnless("image_data", JsonNode::isEmpty);
        fields.refuseOthers();
    }
}
