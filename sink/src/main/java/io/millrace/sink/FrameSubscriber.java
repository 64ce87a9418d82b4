package io.millrace.sink;

import io.millrace.schemas.FrameCodec;
import io.millrace.schemas.ServerFrame;
import io.millrace.schemas.TokenEvent;
import io.millrace.sink.http.PacedSubscriber;
import io.vertx.core.http.ServerWebSocket;
import java.util.function.BiConsumer;

/**
 * Writes one stream to a WebSocket, asking for the next event when there is room in the socket's queue. Belongs to the socket's
 * event loop.
 */
final class FrameSubscriber extends PacedSubscriber {
    private final ServerWebSocket socket;
    private final FrameCodec codec;
    private final BiConsumer<FrameSubscriber, Throwable> whenEnded;
    private int nextSeq;

    /**
     * A subscriber that writes nothing before {@link #resume}.
     *
     * @param from the first {@code seq} wanted
     * @param whenEnded called once, with null after the stream's last event; not when cancelled
     */
    FrameSubscriber(ServerWebSocket socket, FrameCodec codec, int from,
            BiConsumer<FrameSubscriber, Throwable> whenEnded) {
        this.socket = socket;
        this.codec = codec;
        this.nextSeq = from;
        this.whenEnded = whenEnded;
    }

    /** The first {@code seq} that was not written. */
    int nextSeq() {
        return nextSeq;
    }

    @Override
    protected boolean isFull() {
        return socket.writeQueueFull();
    }

    @Override
    protected void take(TokenEvent event) {
        // a failed write is a closed socket, whose handler cancels this
        var _ = socket.writeTextMessage(codec.encode(new ServerFrame.Event(event)));
        if (event instanceof TokenEvent.Token token) {
            nextSeq = token.seq() + 1;
        }
    }

    @Override
    protected void hookOnComplete() {
        whenEnded.accept(this, null);
    }

    @Override
    protected void hookOnError(Throwable error) {
        whenEnded.accept(this, error);
    }
}
