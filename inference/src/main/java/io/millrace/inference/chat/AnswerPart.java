package io.millrace.inference.chat;

/** What an assistant's answer is made of, as it comes: text, or calls of tools, each from its beginning to its end. */
public sealed interface AnswerPart {
    /** Text for whoever asked. */
    record Text(String text) implements AnswerPart {}

    /**
     * The model calls a tool.
     *
     * @param index of the call in the answer, from 0
     */
    record CallBegun(int index, String name) implements AnswerPart {}

    /**
     * More of a call's arguments.
     *
     * @param json a piece: a call's pieces together are a JSON object, if the model wrote one
     */
    record Arguments(int index, String json) implements AnswerPart {}

    /** All of a call is there. */
    record CallEnded(int index) implements AnswerPart {}
}
