package io.millrace.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * Requests in the form of OpenAI's API, and what else a prompt can carry. A JSON null means that nothing is given. What is not known, or cannot be done, is
 * refused by name. Immutable; safe for any thread.
 *
 * @see <a href="https://platform.openai.com/docs/api-reference/chat/create">OpenAI's reference</a>
 */
public final class OpenAiCodec {
    /** What OpenAI's text completions are held to when they do not say. */
    public static final int DEFAULT_COMPLETION_TOKENS = 16;

    private static final int MAX_LOGPROBS = 20;

    /**
     * Reads the body of {@code POST /v1/chat/completions}.
     *
     * @throws InvalidPromptException naming the field
     */
    public GenerationCall chat(byte[] body) {
        Fields fields = Json.object(Json.utf8(body)).withNullAsAbsent();
        List<ChatMessage> messages = OpenAiMessages
                .read(fields.required("messages", fields.objects("messages")));
        Integer maxTokens = maxTokens(fields);
        Integer logprobs = chatLogprobs(fields);
        ToolUse tools = ToolsJson.readUse(fields);
        refuseChatFields(fields);
        return call(fields, List.of(prompt(fields, null, messages, maxTokens, logprobs, tools)));
    }

    /**
     * Reads the body of {@code POST /v1/completions}.
     *
     * @throws InvalidPromptException naming the field
     */
    public GenerationCall completion(byte[] body) {
        Fields fields = Json.object(Json.utf8(body)).withNullAsAbsent();
        JsonNode prompt = fields.required("prompt", fields.any("prompt"));
        if (prompt.isArray() && !prompt.isEmpty() && (prompt.get(0).isNumber() || prompt.get(0).isArray())) {
            throw new InvalidPromptException(ErrorCode.NOT_SUPPORTED, "prompt",
                    "prompt must be text: token ids are not supported");
        }
        List<String> texts = fields.texts("prompt");
        Integer given = fields.integer("max_tokens");
        int maxTokens = given == null ? DEFAULT_COMPLETION_TOKENS : given;
        Integer logprobs = fields.integer("logprobs");
        fields.refuseUnless("echo", Fields::isFalse);
        fields.refuseUnless("suffix", node -> node.asText().isEmpty());
        Integer choices = fields.integer("n");
        fields.refuseUnless("best_of", node -> node.isInt() && node.intValue() == (choices == null ? 1 : choices));
        if (texts.isEmpty()) {
            throw new InvalidPromptException(ErrorCode.INVALID_PROMPT, "prompt", "prompt must hold at least one text");
        }
        var first = prompt(fields, texts.getFirst(), null, maxTokens, logprobs, ToolUse.NONE);
        return call(fields, texts.stream().map(text -> withText(first, text)).toList());
    }

    /**
     * Reads the body of {@code POST /v1/embeddings}: a prompt for each input.
     *
     * @throws InvalidPromptException naming the field
     */
    public EmbeddingsCall embeddings(byte[] body) {
        Fields fields = Json.object(Json.utf8(body)).withNullAsAbsent();
        String model = fields.text("model");
        List<Prompt> prompts = EmbeddingInputs.read(fields, model);
        String format = fields.text("encoding_format");
        if (format != null && !format.equals("float") && !format.equals("base64")) {
            throw fields.wrong("encoding_format", "float or base64", fields.any("encoding_format"));
        }
        String conversation = fields.text("conversation");
        String user = fields.text("user");
        Integer priority = fields.integer("priority");
        Long deadlineMillis = fields.longInteger("deadline_ms");
        fields.refuseUnless("dimensions", node -> false);
        fields.refuseOthers();
        return new EmbeddingsCall(new GenerationCall(prompts.stream().map(prompt -> prompt.scheduled(
                conversation == null ? user : conversation, priority, deadlineMillis)).toList(), 1, false, false),
                "base64".equals(format));
    }

    private static Prompt withText(Prompt like, String text) {
        return new Prompt(null, like.conversation(), like.model(), like.task(), text, null, like.maxTokens(),
                like.sampling(),
                like.stop(), like.logprobs(), like.grammar(), like.responseFormat(), like.tools(),
                like.priority(), like.deadlineMillis(), like.metadata());
    }

    private static Prompt prompt(Fields fields, String text, List<ChatMessage> messages, Integer maxTokens,
            Integer logprobs, ToolUse tools) {
        String user = fields.text("user");
        String conversation = fields.text("conversation");
        List<String> stop = fields.texts("stop");
        // whoever shares a user or a conversation shares a worker's attention
        return new Prompt(null, conversation == null ? user : conversation, fields.text("model"),
                new Task.Generate(), text, messages,
                maxTokens, PromptJson.sampling(fields), stop == null ? List.of() : stop, logprobs,
                fields.text("grammar"),
                fields.object("response_format"), tools, fields.integer("priority"),
                fields.longInteger("deadline_ms"), fields.object("metadata"));
    }

    private static GenerationCall call(Fields fields, List<Prompt> prompts) {
        Integer choices = fields.integer("n");
        boolean stream = Boolean.TRUE.equals(fields.flag("stream"));
        boolean includeUsage = includeUsage(fields, stream);
        fields.refuseUnless("logit_bias", JsonNode::isEmpty);
        fields.refuseOthers();
        return new GenerationCall(prompts, choices == null ? 1 : choices, stream, includeUsage);
    }

    private static boolean includeUsage(Fields fields, boolean stream) {
        JsonNode given = fields.object("stream_options");
        if (given == null) {
            return false;
        }
        if (!stream) {
            throw new InvalidPromptException(ErrorCode.INVALID_PROMPT, "stream_options",
                    "stream_options is for streams only; set stream, or leave it out");
        }
        Fields options = fields.requiredFields("stream_options");
        Boolean includeUsage = options.flag("include_usage");
        options.refuseUnless("include_obfuscation", Fields::isFalse);
        options.refuseOthers();
        return Boolean.TRUE.equals(includeUsage);
    }

    /** How many alternatives a token is to be told with; null for none, and not its own likelihood either. */
    private static Integer chatLogprobs(Fields fields) {
        boolean isWanted = Boolean.TRUE.equals(fields.flag("logprobs"));
        Integer top = fields.integer("top_logprobs");
        if (!isWanted && top != null) {
            throw new InvalidPromptException(ErrorCode.INVALID_PROMPT, "top_logprobs",
                    "top_logprobs needs logprobs; set that to true, or leave this out");
        }
        Range.closed("top_logprobs", top, 0, MAX_LOGPROBS);
        return !isWanted ? null : top == null ? Integer.valueOf(0) : top;
    }

    private static Integer maxTokens(Fields fields) {
        Integer current = fields.integer("max_completion_tokens");
        Integer former = fields.integer("max_tokens");
        if (current != null && former != null && !current.equals(former)) {
            throw new InvalidPromptException(ErrorCode.INVALID_PROMPT, "max_tokens",
                    "max_tokens is another name of max_completion_tokens; give one of them");
        }
        Range.closed("max_completion_tokens", current, 1, Integer.MAX_VALUE);
        return current == null ? former : current;
    }

    /** What has no meaning here is accepted in the form that asks for nothing. */
    private static void refuseChatFields(Fields fields) {
        fields.refuseUnless("functions", JsonNode::isEmpty);
        fields.refuseUnless("function_call", node -> node.asText().equals("none"));
        fields.refuseUnless("audio", node -> false);
        fields.refuseUnless("modalities", node -> node.size() == 1 && node.get(0).asText().equals("text"));
        fields.refuseUnless("prediction", node -> false);
        fields.refuseUnless("reasoning_effort", node -> false);
        fields.refuseUnless("service_tier", node -> List.of("auto", "default").contains(node.asText()));
        fields.refuseUnless("store", Fields::isFalse);
        fields.refuseUnless("web_search_options", node -> false);
    }
}
