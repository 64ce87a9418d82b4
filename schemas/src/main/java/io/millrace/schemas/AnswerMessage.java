package io.millrace.schemas;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;

/**
 * An answer, read as content and tool calls: what the assistant's message is in the conversation's next prompt.
 *
 * @param content may be empty
 * @param toolCalls in order
 */
public record AnswerMessage(String content, List<ToolCall> toolCalls) {
    public AnswerMessage {
        requireNonNull(content, "content");
        toolCalls = List.copyOf(toolCalls);
    }

    /** Puts an answer's deltas together. For one thread. */
    public static final class Assembly {
        private final StringBuilder content = new StringBuilder();
        private final List<AnswerDelta.Call> begun = new ArrayList<>();
        private final List<StringBuilder> arguments = new ArrayList<>();

        /**
         * Adds the next one.
         *
         * @throws IllegalArgumentException if it goes on with a call that was not begun
         */
        public void add(AnswerDelta delta) {
            content.append(delta.content());
            for (AnswerDelta.Call call : delta.toolCalls()) {
                if (call.isFirst()) {
                    begun.add(call);
                    arguments.add(new StringBuilder());
                }
                if (call.index() >= arguments.size()) {
                    throw new IllegalArgumentException("the tool call " + call.index() + " was not begun");
                }
                arguments.get(call.index()).append(call.arguments());
            }
        }

        /** Whether any call was begun. */
        public boolean hasCalls() {
            return !begun.isEmpty();
        }

        /** What there is by now. */
        public AnswerMessage message() {
            var calls = new ArrayList<ToolCall>();
            for (AnswerDelta.Call call : begun) {
                calls.add(new ToolCall(call.id(), call.name(), arguments.get(calls.size()).toString()));
            }
            return new AnswerMessage(content.toString(), calls);
        }
    }
}
