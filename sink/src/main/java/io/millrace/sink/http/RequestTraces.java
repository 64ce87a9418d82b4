package io.millrace.sink.http;

/** Follows requests from one process to the next, as W3C's Trace Context has it. Safe for any thread; must neither block nor throw. */
public interface RequestTraces {
    /** Follows nothing; what clients say of their traces is passed on. */
    RequestTraces NONE = (_, parent) -> new Trace() {
        @Override
        public String parent() {
            return parent;
        }

        @Override
        public void ended(int status) {
            // nobody wants to know
        }
    };

    /** One request on its way. */
    interface Trace {
        /** The {@code traceparent} of what is done for this request; null if it belongs to no trace. */
        String parent();

        /** It was answered, perhaps not to the end. */
        void ended(int status);
    }

    /**
     * A request begins.
     *
     * @param route its path, which is one of few
     * @param parent its header {@code traceparent}, as the client wrote it; null if there is none
     */
    Trace begin(String route, String parent);
}
