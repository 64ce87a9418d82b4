package io.millrace.sink.http;

import io.millrace.schemas.TokenEvent;

/** Where the events of a request's choices go. Called on the request's event loop. */
interface AnswerSink {
    /** The prompts cannot be lost any more. */
    void accepted();

    /** The next event of a choice. */
    void event(int choice, TokenEvent event);

    /** Every choice has come to its end. */
    void completed();

    /** A choice failed, and with it the request; the last call. */
    void failed(ApiError error);

    /** The client has gone; nothing more is called. */
    void gone();

    /** Whether no more can be taken for now; {@link Answering#resume} goes on. */
    boolean isFull();
}
