package io.millrace.sink.http;

import io.millrace.schemas.FinishReason;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.Usage;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/**
 * Sends the choices of an answer as they come. For a moment it waits for the first event before it begins: a prompt that is refused has an error with
 * a status then. After that an error can only be an event. The events of an answer for which its client may come back have the ids that {@link StreamRoute}
 * goes on from. Belongs to the request's event loop.
 */
final class StreamedAnswer implements AnswerSink {
    static final String STREAM_ID = "x-stream-id";

    private static final long MAX_WAIT_FOR_STATUS_MILLIS = 1000;

    private final RoutingContext context;
    private final Vertx vertx;
    private final StreamFormat format;
    private final boolean isResumable;
    private final long heartbeatMillis;
    /** For each choice, where the next token begins in the text. */
    private final int[] offsets;
    private AnswerHead head;
    private Usage usage = Usage.NONE;
    private EventStream events;
    private long waiting = -1;
    private boolean cancelled;

    StreamedAnswer(RoutingContext context, StreamFormat format, AnswerHead head, int choices,
            boolean isResumable, long heartbeatMillis) {
        this.context = context;
        this.vertx = context.vertx();
        this.format = format;
        this.head = head;
        this.isResumable = isResumable;
        this.heartbeatMillis = heartbeatMillis;
        offsets = new int[choices];
    }

    @Override
    public void accepted() {
        waiting = vertx.setTimer(Math.min(heartbeatMillis, MAX_WAIT_FOR_STATUS_MILLIS), _ -> open());
    }

    private EventStream open() {
        vertx.cancelTimer(waiting);
        if (events == null) {
            if (isResumable) {
                context.response().putHeader(STREAM_ID, head.id());
            }
            events = new EventStream(vertx, context.response(), heartbeatMillis);
        }
        return events;
    }

    @Override
    public void event(int choice, TokenEvent event) {
        switch (event) {
            case TokenEvent.Started started -> {
                head = head.by(started.model());
                send(event, format.opening(head, choice));
            }
            case TokenEvent.Token token -> {
                send(event, format.piece(head, choice, token, offsets[choice]));
                offsets[choice] += StreamFormat.logprobs(token).stream()
                        .mapToInt(scored -> scored.chosen().text().length()).sum();
            }
            case TokenEvent.Completed completed -> {
                usage = Usages.add(usage, completed.usage());
                cancelled |= completed.finishReason() == FinishReason.CANCELLED;
                if (!cancelled) {
                    close(event, format.closing(head, choice, completed));
                }
            }
            case TokenEvent.Failed failed -> throw new IllegalArgumentException(failed.toString());
        }
    }

    /** Whoever has seen the last of these needs nothing more, and who has not needs all of them. */
    private void close(TokenEvent end, List<JsonObject> chunks) {
        chunks.subList(0, chunks.size() - 1).forEach(open()::send);
        send(end, chunks.getLast());
    }

    private void send(TokenEvent event, JsonObject chunk) {
        if (chunk == null) {
            return;
        }
        if (isResumable) {
            open().send(StreamRoute.place(event), chunk.encode());
        } else {
            open().send(chunk);
        }
    }

    @Override
    public void completed() {
        if (cancelled) {
            failed(ApiError.cancelled());
            return;
        }
        if (head.tellsUsage()) {
            open().send(format.usage(head, usage));
        }
        if (format.endsWithDone()) {
            open().send("[DONE]");
        }
        open().end();
    }

    @Override
    public void failed(ApiError error) {
        vertx.cancelTimer(waiting);
        if (events == null) {
            Reply.error(context, error);
        } else {
            // clients take this for what it is only as data, and a [DONE] behind it for a success
            events.send(error.json());
            events.end();
        }
    }

    @Override
    public boolean isFull() {
        return context.response().writeQueueFull();
    }

    @Override
    public void gone() {
        vertx.cancelTimer(waiting);
        if (events != null) {
            events.stop();
        }
    }
}
