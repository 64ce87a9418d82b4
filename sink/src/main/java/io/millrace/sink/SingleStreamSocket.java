package io.millrace.sink;

import io.millrace.schemas.ClientFrame;
import io.millrace.schemas.ErrorCode;
import io.millrace.schemas.FrameCodec;
import io.millrace.schemas.ServerFrame;
import io.vertx.core.http.ServerWebSocket;
import reactor.core.scheduler.Scheduler;

/** A WebSocket that follows one stream and is closed with it. Belongs to the socket's event loop. */
final class SingleStreamSocket {
    private static final int PREFETCH_EVENTS = 64;

    private final ServerWebSocket socket;
    private final FrameCodec codec;
    private final ClientFrame.Subscribe request;

    SingleStreamSocket(ServerWebSocket socket, FrameCodec codec, ClientFrame.Subscribe request) {
        this.socket = socket;
        this.codec = codec;
        this.request = request;
    }

    /** Begins; what it returns is to be called when the socket is closed. */
    Runnable follow(StreamHub hub, Scheduler eventLoop, Heartbeat heartbeat) {
        var subscriber = new FrameSubscriber(socket, codec, request.from(), this::close);
        socket.drainHandler(_ -> subscriber.resume());
        socket.textMessageHandler(_ -> {
            heartbeat.heard();
            refuseFrame();
        });
        hub.subscribe(request.id(), request.from()).publishOn(eventLoop, false, PREFETCH_EVENTS).subscribe(subscriber);
        subscriber.resume();
        return subscriber::dispose;
    }

    private void refuseFrame() {
        // what cannot be written now would only pile up
        if (!socket.writeQueueFull()) {
            var _ = socket.writeTextMessage(codec.encode(new ServerFrame.Refused(ErrorCode.INVALID_PROMPT.text(),
                    "this connection follows one stream; send frames to /v1/stream", request.id())));
        }
    }

    private void close(FrameSubscriber subscriber, Throwable error) {
        var _ = switch (error) {
            case null -> socket.close(CloseCode.NORMAL, "the stream has ended");
            case SlowSubscriberException _ -> socket.close(CloseCode.TOO_SLOW,
                    "too slow; resume from=" + subscriber.nextSeq());
            default -> socket.close(CloseCode.INTERNAL, "streams cannot be read at the moment");
        };
    }
}
