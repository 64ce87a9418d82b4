package io.millrace.sink;

import io.millrace.schemas.ClientFrame;
import io.millrace.schemas.ErrorCode;
import io.millrace.schemas.FrameCodec;
import io.millrace.schemas.InvalidPromptException;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.ServerFrame;
import io.millrace.schemas.TokenEvent;
import io.millrace.sink.http.ApiException;
import io.millrace.sink.http.Caller;
import io.millrace.sink.http.Quotas;
import io.millrace.sink.http.Scope;
import io.vertx.core.http.ServerWebSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/**
 * A WebSocket over which a client sends prompts and follows any number of streams. Belongs to the socket's event loop. A client
 * that sends faster than it reads, or than prompts can be sent on, is read no further until that changes.
 */
final class StreamsSocket {
    private static final int PREFETCH_EVENTS = 64;
    private static final int MAX_PENDING_REQUESTS = 32;

    private final ServerWebSocket socket;
    private final FrameCodec codec;
    private final StreamHub hub;
    private final PromptQueue prompts;
    private final Scheduler eventLoop;
    private final int maxStreams;
    private final Caller caller;
    private final Quotas quotas;
    private final Map<String, FrameSubscriber> streams = new HashMap<>();
    private int pendingRequests;

    StreamsSocket(ServerWebSocket socket, FrameCodec codec, StreamHub hub, PromptQueue prompts, Scheduler eventLoop,
            int maxStreams, Caller caller, Quotas quotas) {
        this.socket = socket;
        this.codec = codec;
        this.hub = hub;
        this.prompts = prompts;
        this.eventLoop = eventLoop;
        this.maxStreams = maxStreams;
        this.caller = caller;
        this.quotas = quotas;
    }

    /** Begins; what it returns is to be called when the socket is closed. */
    Runnable serve(Heartbeat heartbeat) {
        socket.drainHandler(_ -> {
            List.copyOf(streams.values()).forEach(FrameSubscriber::resume);
            readOn();
        });
        socket.textMessageHandler(text -> {
            heartbeat.heard();
            receive(text);
        });
        socket.binaryMessageHandler(_ -> {
            heartbeat.heard();
            refuse(ErrorCode.INVALID_PROMPT.text(), "frames must be text, not binary", null);
            readOn();
        });
        return this::close;
    }

    private void close() {
        List.copyOf(streams.values()).forEach(FrameSubscriber::dispose);
        streams.clear();
    }

    private void receive(String text) {
        try {
            switch (codec.decodeClient(text)) {
                case ClientFrame.Submit submit -> submit(submit.prompt());
                case ClientFrame.Subscribe subscribe -> subscribe(subscribe);
                case ClientFrame.Unsubscribe unsubscribe -> end(unsubscribe.id());
                case ClientFrame.Cancel cancel -> cancel(cancel.id());
            }
        } catch (InvalidPromptException e) {
            write(new ServerFrame.Refused(e, codec.givenId(text).orElse(null)));
        } catch (ApiException e) {
            refuse(e.error().code(), e.error().message(), codec.givenId(text).orElse(null));
        }
        readOn();
    }

    private void submit(Prompt prompt) {
        caller.require(Scope.GENERATE);
        String id = prompt.id() == null ? caller.idPrefix() + UUID.randomUUID() : prompt.id();
        caller.requireOwnNew(id);
        Quotas.Permit permit = quotas.take(caller, List.of(prompt));
        // before sending, so that nothing is missed
        if (!follow(id, 0, hub.subscribeToComing(id).doFinally(_ -> permit.close()))) {
            permit.close();
            return;
        }
        var stream = streams.get(id);
        request(id, () -> prompts.submit(prompt.withId(id)), failure -> {
            if (failure == null) {
                write(new ServerFrame.Accepted(id));
                // not before it is accepted
                stream.resume();
            } else if (streams.remove(id, stream)) {
                stream.dispose();
            }
        });
    }

    private void cancel(String id) {
        caller.require(Scope.GENERATE);
        caller.requireOwn(id);
        request(id, () -> prompts.cancel(id), _ -> {});
    }

    private void subscribe(ClientFrame.Subscribe subscribe) {
        caller.require(Scope.SUBSCRIBE);
        caller.requireOwn(subscribe.id());
        if (follow(subscribe.id(), subscribe.from(), hub.subscribe(subscribe.id(), subscribe.from()))) {
            streams.get(subscribe.id()).resume();
        }
    }

    /** Whoever asks again for a stream gets it from the place asked for, and once. */
    private boolean follow(String id, int from, Flux<TokenEvent> events) {
        end(id);
        if (streams.size() >= maxStreams) {
            refuse("too_many_streams", "this connection follows " + maxStreams
                    + " streams already; unsubscribe from some, or open another connection", id);
            return false;
        }
        var subscriber = new FrameSubscriber(socket, codec, from, (ended, error) -> ended(id, ended, error));
        streams.put(id, subscriber);
        events.publishOn(eventLoop, false, PREFETCH_EVENTS).subscribe(subscriber);
        return true;
    }

    private void ended(String id, FrameSubscriber subscriber, Throwable error) {
        streams.remove(id, subscriber);
        switch (error) {
            case null -> {
                // its last event said so
            }
            case SlowSubscriberException _ -> refuse("slow_subscriber",
                    "this client reads too slowly; subscribe again from " + subscriber.nextSeq(), id);
            default -> refuse(ErrorCode.INTERNAL.text(), "streams cannot be read at the moment; subscribe again from "
                    + subscriber.nextSeq(), id);
        }
    }

    private void end(String id) {
        FrameSubscriber subscriber = streams.remove(id);
        if (subscriber != null) {
            subscriber.dispose();
        }
    }

    /** Sends something on, on a thread that may block; {@code then} is called back here, with null if all went well. */
    private void request(String id, Supplier<CompletionStage<Void>> request, Consumer<Throwable> then) {
        pendingRequests++;
        Thread.ofVirtual().name("gateway-request").start(() -> sent(request).whenComplete((_, failure) -> eventLoop
                .schedule(() -> {
                    pendingRequests--;
                    if (failure != null) {
                        Throwable cause = failure instanceof CompletionException e ? e.getCause() : failure;
                        refuse(ErrorCode.INTERNAL.text(), "the request could not be sent on: " + cause.getMessage(),
                                id);
                    }
                    then.accept(failure);
                    readOn();
                })));
    }

    private static CompletionStage<Void> sent(Supplier<CompletionStage<Void>> request) {
        try {
            return request.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private void readOn() {
        if (socket.writeQueueFull() || pendingRequests >= MAX_PENDING_REQUESTS) {
            socket.pause();
        } else {
            socket.resume();
        }
    }

    private void refuse(String code, String message, String id) {
        write(new ServerFrame.Refused(code, message, id));
    }

    private void write(ServerFrame frame) {
        // a failed write is a closed socket, whose handler ends everything
        var _ = socket.writeTextMessage(codec.encode(frame));
    }
}
