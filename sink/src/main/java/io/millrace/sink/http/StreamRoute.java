package io.millrace.sink.http;

import io.millrace.schemas.ClientFrame;
import io.millrace.schemas.InvalidPromptException;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.TokenEventCodec;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;

/**
 * Follows one stream as Server-Sent Events, whoever sent its prompt. The id of an event is its place; a client that comes again with the last one it saw
 * ({@code Last-Event-ID}) misses nothing, and one that saw the stream's end is told to stay away.
 */
final class StreamRoute {
    /** The place of what comes before the first token. */
    private static final int BEFORE_FIRST = -1;
    private static final String END = "end";
    private static final int PREFETCH_EVENTS = 64;

    private final Generations generations;
    private final long heartbeatMillis;

    StreamRoute(Generations generations, long heartbeatMillis) {
        this.generations = generations;
        this.heartbeatMillis = heartbeatMillis;
    }

    void follow(RoutingContext context) {
        Caller caller = Callers.of(context);
        caller.require(Scope.SUBSCRIBE);
        caller.requireOwn(context.pathParam("id"));
        String last = context.request().getHeader("last-event-id");
        if (END.equals(last)) {
            // the standard's way to end a client's reconnecting
            var _ = context.response().setStatusCode(204).end();
            return;
        }
        try {
            var request = new ClientFrame.Subscribe(context.pathParam("id"), from(context, last));
            var follower = new Follower(context);
            context.response().drainHandler(_ -> follower.resume());
            context.response().closeHandler(_ -> follower.stop());
            generations.follow(request.id(), request.from())
                    .publishOn(EventLoop.of(context.vertx()), false, PREFETCH_EVENTS).subscribe(follower);
            follower.resume();
        } catch (InvalidPromptException e) {
            Reply.error(context, ApiError.of(e));
        }
    }

    void cancel(RoutingContext context) {
        Caller caller = Callers.of(context);
        caller.require(Scope.GENERATE);
        caller.requireOwn(context.pathParam("id"));
        generations.cancel(context.pathParam("id"));
        var _ = context.response().setStatusCode(202).end();
    }

    private static int from(RoutingContext context, String last) {
        String from = context.request().getParam("from");
        try {
            if (last != null) {
                return Math.addExact(Integer.parseInt(last), 1);
            }
            return from == null ? 0 : Integer.parseInt(from);
        } catch (NumberFormatException | ArithmeticException e) {
            throw new InvalidPromptException(last == null
                    ? "from must be a token's place, 0 or more"
                    : "Last-Event-ID must be the id of an event of this stream");
        }
    }

    /** What a client that has seen this event sends as {@code Last-Event-ID}. */
    static String place(TokenEvent event) {
        return switch (event) {
            case TokenEvent.Started _ -> String.valueOf(BEFORE_FIRST);
            case TokenEvent.Token token -> String.valueOf(token.seq());
            case TokenEvent.Completed _,TokenEvent.Failed _ -> END;
        };
    }

    private final class Follower extends PacedSubscriber {
        private final TokenEventCodec codec = new TokenEventCodec();
        private final EventStream events;

        Follower(RoutingContext context) {
            events = new EventStream(context.vertx(), context.response(), heartbeatMillis);
        }

        void stop() {
            events.stop();
            dispose();
        }

        @Override
        protected boolean isFull() {
            return events.isFull();
        }

        @Override
        protected void take(TokenEvent event) {
            events.send(place(event), new String(codec.encode(event), StandardCharsets.UTF_8));
        }

        @Override
        protected void hookOnComplete() {
            events.end();
        }

        @Override
        protected void hookOnError(Throwable error) {
            events.send((error instanceof ApiException known ? known.error() : ApiError.internal()).json());
            events.end();
        }
    }
}
