package io.millrace.schemas;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What became certain of an answer, read as content and tool calls. A stream's deltas, put together in order, are its {@link AnswerMessage}.
 *
 * @param content for whoever asked; may be empty
 * @param toolCalls pieces of calls, in order
 */
public record AnswerDelta(String content, List<Call> toolCalls) {
    /** Nothing became certain. */
    public static final AnswerDelta NOTHING = new AnswerDelta("", List.of());

    public AnswerDelta {
        requireNonNull(content, "content");
        toolCalls = List.copyOf(toolCalls);
    }

    /**
     * A piece of a call.
     *
     * @param index of the call in the answer, from 0
     * @param id null in all pieces but the call's first
     * @param name null in all pieces but the call's first
     * @param arguments a piece of them; may be empty
     */
    public record Call(int index, String id, String name, String arguments) {
        public Call {
            Counts.notNegative("index", index);
            requireNonNull(arguments, "arguments");
            if ((id == null) != (name == null)) {
                throw new IllegalArgumentException("the first piece of a call has both id and name, others neither");
            }
        }

        /** Whether the call begins with this piece. */
        public boolean isFirst() {
            return id != null;
        }
    }
}
