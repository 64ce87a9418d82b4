package io.millrace.schemas;

import static java.util.Objects.requireNonNull;

/** What a WebSocket client may send. */
public sealed interface ClientFrame {
    /** Run a prompt and stream its tokens over this connection. */
    record Submit(Prompt prompt) implements ClientFrame {
        public Submit {
            requireNonNull(prompt, "prompt");
        }
    }

    /**
     * Send the tokens of a stream, those that are there already and those to come.
     *
     * @param from the first {@code seq} wanted, 0 or more
     */
    record Subscribe(String id, int from) implements ClientFrame {
        public Subscribe {
            RequestId.check(id);
            Range.closed("from", from, 0, Integer.MAX_VALUE);
        }
    }

    /** Send no more of a stream; it goes on all the same. */
    record Unsubscribe(String id) implements ClientFrame {
        public Unsubscribe {
            RequestId.check(id);
        }
    }

    /** Stop generating, as {@link Control.Cancel}. */
    record Cancel(String id) implements ClientFrame {
        public Cancel {
            RequestId.check(id);
        }
    }
}
