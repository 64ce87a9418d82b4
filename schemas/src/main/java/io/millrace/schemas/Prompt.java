package io.millrace.schemas;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/**
 * One prompt, as on {@link Topics#prompts()}. All components but {@code task}, {@code sampling}, {@code stop} and {@code tools} may be null, which means "not given". What is
 * given to be worked on, and how, depends on the task: to generate from, it is exactly one of {@code prompt} and {@code messages}.
 *
 * @param id the request's id, at most 256 characters; else the record's key, else {@code <partition>-<offset>}
 * @param conversation groups requests; no meaning to the engine
 * @param model the model wanted; else whichever the worker serves
 * @param task what is to be done
 * @param prompt text to work on
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
public record Prompt(String id, String conversation, String model, Task task, String prompt, List<ChatMessage> messages,
        Integer maxTokens, SamplingSettings sampling, List<String> stop, Integer logprobs, String grammar,
        JsonNode responseFormat, ToolUse tools, Integer priority, Long deadlineMillis,
        JsonNode metadata) {
    /** In Unicode code points, as JSON Schema counts. */
    public static final int MAX_ID_CHARACTERS = 256;
    public static final int MAX_STOP_STRINGS = 16;

    public Prompt {
        requireNonNull(task, "task");
        requireNonNull(sampling, "sampling");
        requireNonNull(tools, "tools");
        checkInput(task, prompt, messages);
        boolean saysHow = maxTokens != null || !sampling.equals(SamplingSettings.DEFAULT) || !stop.isEmpty()
                || logprobs != null || grammar != null || responseFormat != null;
        if (saysHow && !(task instanceof Task.Generate)) {
            throw new InvalidPromptException("the task " + task.text() + " generates nothing; leave out what says how");
        }
        if (id != null) {
            RequestId.check(id);
        }
        messages = messages == null ? null : List.copyOf(messages);
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

    private static void checkInput(Task task, String prompt, List<ChatMessage> messages) {
        boolean isRight = switch (task) {
            case Task.Generate _ -> (prompt == null) != (messages == null);
            case Task.Embed embed -> (prompt == null) != (embed.tokens() == null) && messages == null;
            case Task.Tokenize _ -> prompt != null && messages == null;
            case Task.Detokenize _ -> prompt == null && messages == null;
            case Task.ApplyTemplate _ -> prompt == null && messages != null;
        };
        if (!isRight) {
            throw new InvalidPromptException(switch (task) {
                case Task.Generate _ -> "give either prompt or messages" + (prompt == null ? "" : ", not both");
                case Task.Embed _ -> "give either prompt or tokens to embed";
                case Task.Tokenize _ -> "give a prompt to tokenize";
                case Task.Detokenize _ -> "give tokens to detokenize";
                case Task.ApplyTemplate _ -> "give messages to apply the template to";
            });
        }
        if (messages != null && messages.isEmpty()) {
            throw new InvalidPromptException(ErrorCode.INVALID_PROMPT, "messages",
                    "messages must hold at least one message");
        }
        if (prompt != null && prompt.isEmpty() && !(task instanceof Task.Tokenize)) {
            throw new InvalidPromptException(ErrorCode.INVALID_PROMPT, "prompt", "prompt must not be empty");
        }
    }

    /** A plain-text prompt with default settings. */
    public static Prompt ofText(String text) {
        return new Prompt(null, null, null, new Task.Generate(), text, null, null, SamplingSettings.DEFAULT, List.of(),
                null, null, null,
                ToolUse.NONE, null, null, null);
    }

    /**
     * One that generates nothing.
     *
     * @param model null for whichever is served
     * @param text null where the task has tokens
     */
    public static Prompt ofTask(Task task, String model, String text) {
        return new Prompt(null, null, model, task, text, null, null, SamplingSettings.DEFAULT, List.of(), null, null,
                null,
                ToolUse.NONE, null, null, null);
    }

    /**
     * A conversation from which nothing is generated.
     *
     * @param model null for whichever is served
     */
    public static Prompt ofConversation(Task task, String model, List<ChatMessage> messages, ToolUse tools) {
        return new Prompt(null, null, model, task, null, messages, null, SamplingSettings.DEFAULT, List.of(), null,
                null,
                null, tools, null, null, null);
    }

    /** The same prompt, to be sampled otherwise. */
    public Prompt withSampling(SamplingSettings newSampling) {
        return new Prompt(id, conversation, model, task, prompt, messages, maxTokens, newSampling, stop, logprobs,
                grammar,
                responseFormat, tools, priority, deadlineMillis, metadata);
    }

    /** The same prompt, to be run at another time. */
    Prompt scheduled(String newConversation, Integer newPriority, Long newDeadlineMillis) {
        return new Prompt(id, newConversation, model, task, prompt, messages, maxTokens, sampling, stop, logprobs,
                grammar,
                responseFormat, tools, newPriority, newDeadlineMillis, metadata);
    }

    /** The same prompt under another id. */
    public Prompt withId(String newId) {
        return new Prompt(newId, conversation, model, task, prompt, messages, maxTokens, sampling, stop, logprobs,
                grammar,
                responseFormat, tools, priority, deadlineMillis, metadata);
    }
}
