package io.millrace.schemas;

import static java.util.Objects.requireNonNull;

/** What a WebSocket client receives. */
public sealed interface ServerFrame {
    /** A prompt was taken: its events follow under this id. */
    record Accepted(String id) implements ServerFrame {
        public Accepted {
            requireNonNull(id, "id");
        }
    }

    /** A token event, in the same JSON as on the topic. */
    record Event(TokenEvent event) implements ServerFrame {
        public Event {
            requireNonNull(event, "event");
        }
    }

    /**
     * A frame could not be followed; the connection stays open. In JSON its type is {@code error}.
     *
     * @param code a stable word for programs, see {@link ErrorCode}
     * @param message what was wrong and what to do about it, for a person
     * @param id the request it is about; null if none
     */
    record Refused(String code, String message, String id) implements ServerFrame {
        public Refused {
            requireNonNull(code, "code");
            requireNonNull(message, "message");
        }

        public Refused(InvalidPromptException reason, String id) {
            this(reason.code().text(), reason.getMessage(), id);
        }
    }
}
