package io.millrace.schemas;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * One prompt, as on {@link Topics#prompts()}. All components but {@code sampling}, {@code stop} and {@code tools} may be null, which means "not given"; exactly one of
 * {@code prompt} and {@code messages} is given.
 *
 * @param id the request's id, at most 256 characters; else the record's key, else {@code <partition>-<offset>}
 * @param conversation groups requests; no meaning to the engine
 * @param model the model wanted; else whichever the worker serves
 * @param prompt text to continue
 * @param messages a conversation to answer, in OpenAI's form
 * @param maxTokens 1 or more; else as many as fit the context
 * @param stop strings that end the generation, not part of its text
 * @param logprobs how many alternatives to report a token, 0 to 20
 * @param grammar GBNF
 * @param responseFormat OpenAI's {@code response_format}
 * @param tools that the model may call
 * @param priority 0 (low) to 9 (high); 5 if not given
 * @param deadlineMillis milliseconds after the record's timestamp; a prompt still waiting then is not computed
 * @param metadata returned untouched in the completion
 */
public record Prompt(String id, String conversation, String model, String prompt, List<ChatMessage> messages,
        Integer maxTokens, SamplingSettings sampling, List<String> stop, Integer logprobs, String grammar,
        JsonNode responseFormat, ToolUse tools, Integer priority, Long deadlineMillis,
        JsonNode metadata) {
    /** In Unicode code points, as JSON Schema counts. */
    public static final int MAX_ID_CHARACTERS = 256;
    public static final int MAX_STOP_STRINGS = 16;

    public Prompt {
        if ((prompt == null) == (messages == null)) {
            throw new InvalidPromptException("give either prompt or messages" + (prompt == null ? "" : ", not both"));
        }
        if (messages != null && messages.isEmpty()) {
            throw new InvalidPromptException(ErrorCode.INVALID_PROMPT, "messages",
                    "messages must hold at least one message");
        }
        if (prompt != null && prompt.isEmpty()) {
            throw new InvalidPromptException(ErrorCode.INVALID_PROMPT, "prompt", "prompt must not be empty");
        }
        if (id != null) {
            RequestId.check(id);
        }
        messages = messages == null ? null : List.copyOf(messages);
        requireNonNull(sampling, "sampling");
        requireNonNull(tools, "tools");
        stop = List.copyOf(stop);
        if (stop.size() > MAX_STOP_STRINGS || stop.stream().anyMatch(String::isEmpty)) {
            throw new InvalidPromptException(ErrorCode.INVALID_PROMPT, "stop",
                    "stop must hold at most " + MAX_STOP_STRINGS + " strings, none empty");
        }
        Range.closed("max_tokens", maxTokens, 1, Integer.MAX_VALUE);
        Range.closed("logprobs", logprobs, 0, 20);
        Range.closed("priority", priority, 0, 9);
        Range.closed("deadline_ms", deadlineMillis, 1, Long.MAX_VALUE);
    }

    /** A plain-text prompt with default settings. */
    public static Prompt ofText(String text) {
        return new Prompt(null, null, null, text, null, null, SamplingSettings.DEFAULT, List.of(), null, null, null,
                ToolUse.NONE, null, null, null);
    }

    /** The same prompt, to be sampled otherwise. */
    public Prompt withSampling(SamplingSettings newSampling) {
        return new Prompt(id, conversation, model, prompt, messages, maxTokens, newSampling, stop, logprobs, grammar,
                responseFormat, tools, priority, deadlineMillis, metadata);
    }

    /** The same prompt under another id. */
    public Prompt withId(String newId) {
        return new Prompt(newId, conversation, model, prompt, messages, maxTokens, sampling, stop, logprobs, grammar,
                responseFormat, tools, priority, deadlineMillis, metadata);
    }
}
