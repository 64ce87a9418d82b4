package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.compose.role.TopicPrompts;
import io.millrace.schemas.ClientFrame;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.FrameCodec;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.ServerFrame;
import io.millrace.schemas.TokenEvent;
import io.millrace.sink.GatewayOptions;
import io.millrace.sink.GatewayVerticle;
import io.millrace.sink.StreamHub;
import io.millrace.sink.http.Limits;
import io.vertx.core.Vertx;
import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocketClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class GatewayIT {
    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

    private Pipeline pipeline;
    private StreamHub hub;
    private Vertx vertx;
    private GatewayVerticle gateway;
    private WebSocketClient clients;
    private Worker worker;

    @BeforeEach
    void open() {
        pipeline = new Pipeline(CLUSTER);
        hub = new StreamHub(new StreamHub.Options(CLUSTER.clientSettings(), pipeline.topics.tokens()));
        hub.start();
        vertx = Vertx.vertx();
        gateway = deploy(new GatewayOptions("127.0.0.1", 0, 10_000, 4, Duration.ofMillis(100), Duration.ofSeconds(2)));
        clients = vertx.createWebSocketClient();
        worker = Worker.start(pipeline, new ScriptedRunner());
    }

    private GatewayVerticle deploy(GatewayOptions options) {
        var verticle = new GatewayVerticle(options, hub, new TopicPrompts(pipeline.sender), KnownWorkers.NONE,
                List::of, () -> "");
        vertx.deployVerticle(verticle).await();
        return verticle;
    }

    @AfterEach
    void close() {
        vertx.close().await();
        hub.close();
        worker.close();
        pipeline.close();
    }

    @Test
    void aPromptIsAcceptedAndItsTokensFollow() {
        var client = connect("/v1/stream");
        client.send(new ClientFrame.Submit(Prompt.ofText("5 tokens").withId("p")));
        assertThat(client.next()).isEqualTo(new ServerFrame.Accepted("p"));
        var events = client.stream("p");
        assertThat(events).hasSize(7);
        assertThat(events.getFirst()).isInstanceOf(TokenEvent.Started.class);
        assertThat(textOf(events)).isEqualTo(ScriptedRunner.text(5));
        assertThat(pipeline.completion("p").text()).isEqualTo(ScriptedRunner.text(5));
    }

    @Test
    void aPromptWithoutAnIdGetsOne() {
        var client = connect("/v1/stream");
        client.send(new ClientFrame.Submit(Prompt.ofText("2 tokens")));
        var accepted = (ServerFrame.Accepted) client.next();
        assertThat(textOf(client.stream(accepted.id()))).isEqualTo(ScriptedRunner.text(2));
    }

    @Test
    void manyStreamsShareAConnection() {
        var client = connect("/v1/stream");
        for (int i = 0; i < 4; i++) {
            client.send(new ClientFrame.Submit(Prompt.ofText("10 tokens every 5 ms").withId("p" + i)));
        }
        for (int i = 0; i < 4; i++) {
            assertThat(textOf(client.stream("p" + i))).isEqualTo(ScriptedRunner.text(10));
        }
    }

    @Test
    void aSubscriberWhoComesLateOrAgainMissesNothing() {
        pipeline.send("p", "60 tokens every 10 ms");
        pipeline.awaitTokens("p", 20);
        var late = connect("/v1/stream/p");
        var again = connect("/v1/stream/p?from=7");
        assertThat(textOf(late.stream("p"))).isEqualTo(ScriptedRunner.text(60));
        var rest = again.stream("p");
        assertThat(rest.getFirst()).isInstanceOfSatisfying(TokenEvent.Token.class,
                token -> assertThat(token.seq()).isEqualTo(7));
        assertThat(rest).hasSize(54);
        assertThat(late.closeCode()).isEqualTo((short) 1000);
    }

    @Test
    void aStreamThatIsNoLongerInMemoryIsReadFromTheTopic() {
        pipeline.send("old", "30 tokens");
        pipeline.stream("old");
        try (var other = new StreamHub(new StreamHub.Options(CLUSTER.clientSettings(), pipeline.topics.tokens()))) {
            other.start();
            var events = other.subscribe("old", 10).collectList().block(Duration.ofSeconds(20));
            assertThat(events).hasSize(21);
        }
    }

    @Test
    void aStreamIsReadFromTheTopicAndThenLiveWithoutGapOrDuplicate() {
        pipeline.send("p", "200 tokens every 5 ms");
        pipeline.awaitTokens("p", 50);
        try (var other = new StreamHub(new StreamHub.Options(CLUSTER.clientSettings(), pipeline.topics.tokens()))) {
            other.start();
            var events = other.subscribe("p", 0).collectList().block(Duration.ofSeconds(20));
            assertThat(events).hasSize(202);
            assertThat(textOf(events)).isEqualTo(ScriptedRunner.text(200));
        }
    }

    @Test
    void aClientThatDoesNotReadIsClosedWithThePlaceToResumeFromAndSlowsNobody() {
        var slow = connect("/v1/stream/big");
        slow.socket.pause();
        pipeline.send("big", "150000 tokens");
        // more than the buffers of both ends hold, and all of it comes through to others
        assertThat(pipeline.completion("big").usage().completionTokens()).isEqualTo(150_000);
        slow.socket.resume();
        assertThat(slow.closeCode()).isEqualTo((short) 4008);
        int delivered = slow.frames.size() - 1;
        assertThat(delivered).isBetween(1, 149_999);
        assertThat(slow.socket.closeReason()).endsWith("resume from=" + delivered);
    }

    @Test
    void aCancelFrameEndsTheGeneration() {
        var client = connect("/v1/stream");
        client.send(new ClientFrame.Submit(Prompt.ofText("100000 tokens every 5 ms").withId("p")));
        client.await(frame -> frame instanceof ServerFrame.Event event && event.event() instanceof TokenEvent.Token);
        client.send(new ClientFrame.Cancel("p"));
        var last = client.await(frame -> frame instanceof ServerFrame.Event event && event.event().isLast());
        assertThat(((ServerFrame.Event) last).event()).isInstanceOfSatisfying(TokenEvent.Completed.class,
                completed -> assertThat(completed.finishReason()).isEqualTo(FinishReason.CANCELLED));
    }

    @Test
    void anUnsubscribedStreamGoesOnUnseen() {
        var client = connect("/v1/stream");
        client.send(new ClientFrame.Submit(Prompt.ofText("50 tokens every 10 ms").withId("p")));
        client.await(frame -> frame instanceof ServerFrame.Event);
        client.send(new ClientFrame.Unsubscribe("p"));
        assertThat(pipeline.completion("p").finishReason()).isEqualTo(FinishReason.STOP);
        client.send(new ClientFrame.Submit(Prompt.ofText("1 tokens").withId("q")));
        client.await(frame -> frame.equals(new ServerFrame.Accepted("q")));
        assertThat(textOf(client.stream("q"))).isEqualTo("w0 ");
        assertThat(client.seen)
                .noneMatch(frame -> frame instanceof ServerFrame.Event event && event.event().id().equals(
                        "p") && event.event().isLast());
    }

    @Test
    void aFrameThatCannotBeFollowedIsAnsweredAndTheConnectionStays() {
        var client = connect("/v1/stream");
        for (var wrong : List.of("hello", "{\"type\":\"dance\"}", "{\"type\":\"subscribe\",\"id\":\"\"}",
                "{\"type\":\"prompt\",\"prompt\":\"x\",\"temprature\":1}", "x".repeat(20_000))) {
            client.sendText(wrong);
            assertThat(client.next()).isInstanceOf(ServerFrame.Refused.class);
        }
        client.send(new ClientFrame.Submit(Prompt.ofText("1 tokens").withId("p")));
        assertThat(client.next()).isEqualTo(new ServerFrame.Accepted("p"));
    }

    @Test
    void aRefusedPromptIsAnsweredUnderItsId() {
        var client = connect("/v1/stream");
        for (var wrong : List.of("{\"type\":\"prompt\",\"id\":\"p\",\"prompt\":\"x\",\"max_tokens\":0}",
                "{\"type\":\"prompt\",\"prompt\":\"" + "x".repeat(20_000) + "\",\"id\":\"p\"}")) {
            client.sendText(wrong);
            assertThat(client.next()).isInstanceOfSatisfying(ServerFrame.Refused.class,
                    refused -> assertThat(refused.id()).isEqualTo("p"));
        }
    }

    @Test
    void oneStreamMoreThanAllowedIsRefused() {
        var client = connect("/v1/stream");
        for (int i = 0; i < 5; i++) {
            client.send(new ClientFrame.Subscribe("s" + i, 0));
        }
        assertThat(client.next()).isInstanceOfSatisfying(ServerFrame.Refused.class,
                refused -> assertThat(refused.id()).isEqualTo("s4"));
    }

    @Test
    void aConnectionThatIsClosedMakesRoomForAnother() {
        var usual = Limits.DEFAULT;
        gateway = deploy(GatewayOptions.DEFAULT.withLimits(new Limits(2, usual.maxQueuedRequests(), usual
                .maxQueuedTokens(), usual.maxLag(), usual.bodyTimeout(), usual.idleTimeout())));
        for (int i = 0; i < 5; i++) {
            connectOnceThereIsRoom().close().await();
        }
        var _ = connectOnceThereIsRoom();
        var _ = connectOnceThereIsRoom();
        assertThatThrownBy(() -> connect("/v1/stream")).isInstanceOfSatisfying(UpgradeRejectedException.class,
                e -> assertThat(e.getStatus()).isEqualTo(503));
    }

    /** The server may take a moment to see that another is closed. */
    private ClientWebSocket connectOnceThereIsRoom() {
        long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (true) {
            try {
                return connect("/v1/stream").socket;
            } catch (UpgradeRejectedException e) {
                if (System.nanoTime() > deadline) {
                    throw e;
                }
            }
        }
    }

    @Test
    void addressesThatAreNotServedAreRejected() {
        Map.of("/v1/other", 404, "/v1/stream/p?from=x", 400, "/v1/stream/p?from=-1", 400).forEach(
                (uri, status) -> assertThatThrownBy(() -> connect(uri)).isInstanceOfSatisfying(
                        UpgradeRejectedException.class, e -> assertThat(e.getStatus()).isEqualTo(status)));
    }

    @Test
    void healthIsTold() {
        var http = vertx.createHttpClient();
        var status = http.request(HttpMethod.GET, gateway.port(), "127.0.0.1", "/health").compose(request -> request
                .send()).map(response -> response.statusCode()).await();
        assertThat(status).isEqualTo(200);
    }

    @Test
    void aLivingConnectionStaysOpenAndAClosingServerSaysGoodbye() throws Exception {
        var client = connect("/v1/stream/never");
        // longer than the idle timeout: only its answers to pings keep it
        assertThat(client.closed.completeOnTimeout(null, 3, TimeUnit.SECONDS).get()).isNull();
        var second = connect("/v1/stream/never");
        vertx.undeploy(gateway.deploymentID()).await();
        assertThat(second.closeCode()).isEqualTo((short) 1001);
    }

    private Client connect(String uri) {
        var client = new Client(clients.webSocket());
        client.socket.connect(gateway.port(), "127.0.0.1", uri).await();
        return client;
    }

    private static String textOf(List<TokenEvent> events) {
        var text = new StringBuilder();
        for (var event : events) {
            if (event instanceof TokenEvent.Token token) {
                text.append(token.text());
            }
        }
        return text.toString();
    }

    /** A client that keeps every frame until it is asked for. */
    private static final class Client {
        final List<ServerFrame> seen = new ArrayList<>();
        final CompletableFuture<Short> closed = new CompletableFuture<>();
        private final BlockingQueue<ServerFrame> frames = new LinkedBlockingQueue<>();
        private final FrameCodec codec = new FrameCodec();
        private final ClientWebSocket socket;

        Client(ClientWebSocket socket) {
            this.socket = socket;
            // before it is connected: the first frames come at once
            socket.textMessageHandler(text -> frames.add(codec.decodeServer(text)));
            socket.closeHandler(_ -> closed.complete(socket.closeStatusCode()));
        }

        void send(ClientFrame frame) {
            sendText(codec.encode(frame));
        }

        void sendText(String text) {
            socket.writeTextMessage(text).await();
        }

        ServerFrame next() {
            try {
                var frame = frames.poll(20, TimeUnit.SECONDS);
                assertThat(frame).as("a frame within 20 s").isNotNull();
                seen.add(frame);
                return frame;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        ServerFrame await(Predicate<ServerFrame> wanted) {
            while (true) {
                var frame = next();
                if (wanted.test(frame)) {
                    return frame;
                }
            }
        }

        /** The events of a stream to its end. */
        List<TokenEvent> stream(String id) {
            Predicate<ServerFrame> last = frame -> frame instanceof ServerFrame.Event event
                    && event.event().id().equals(id) && event.event().isLast();
            if (seen.stream().noneMatch(last)) {
                var _ = await(last);
            }
            return seen.stream().filter(ServerFrame.Event.class::isInstance)
                    .map(frame -> ((ServerFrame.Event) frame).event()).filter(event -> event.id().equals(id)).toList();
        }

        Short closeCode() {
            return closed.orTimeout(20, TimeUnit.SECONDS).join();
        }
    }
}
