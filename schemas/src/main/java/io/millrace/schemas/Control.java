package io.millrace.schemas;

/** What the topic {@code control} carries. */
public sealed interface Control {
    /** The request it is about. */
    String id();

    /** Stop generating; what is there so far becomes the completion, with {@link FinishReason#CANCELLED}. */
    record Cancel(String id) implements Control {
        public Cancel {
            RequestId.check(id);
        }
    }
}
