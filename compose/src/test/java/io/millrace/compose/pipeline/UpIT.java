package io.millrace.compose.pipeline;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.program.Program;
import io.millrace.schemas.ClientFrame;
import io.millrace.schemas.Completion;
import io.millrace.schemas.DeadLetterHeaders;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.FrameCodec;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.ServerFrame;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.Topics;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code millrace up} as its users meet it: a process of its own, real broker, real model. */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class UpIT {
    private static final String WEB_SOCKET = "  WebSocket  ";
    private static final String KAFKA = "  Kafka      ";

    @TempDir
    static Path data;

    private static Program up;
    private static BrokerAddress broker;
    private Pipeline pipeline;

    @BeforeAll
    static void bringUp() throws Exception {
        up = start(data);
        broker = brokerOf(up);
    }

    private static Program start(Path directory) throws Exception {
        var program = Program.start("up", "--data", directory.toString(), "--kafka-port", "0", "--port", "0");
        try {
            program.awaitLine(line -> line.startsWith("Try: "));
        } catch (Exception | AssertionError e) {
            program.close();
            throw e;
        }
        return program;
    }

    private static BrokerAddress brokerOf(Program program) throws Exception {
        String line = program.awaitLine(text -> text.startsWith(KAFKA));
        return BrokerAddress.parse(line.substring(KAFKA.length(), line.indexOf(',')));
    }

    @AfterAll
    static void bringDown() throws Exception {
        if (up != null) {
            up.close();
        }
    }

    @BeforeEach
    void open() {
        pipeline = new Pipeline(broker, Topics.DEFAULT);
    }

    @AfterEach
    void close() {
        pipeline.close();
    }

    private static String json(String id, String rest) {
        return "{\"id\":\"" + id + "\"," + rest + "}";
    }

    private static String textOf(List<TokenEvent> events) {
        return events.stream().filter(TokenEvent.Token.class::isInstance)
                .map(event -> ((TokenEvent.Token) event).text())
                .collect(joining());
    }

    @Test
    void twoHundredPromptsAtOnceAreCompletedAsStreamed() throws Exception {
        send("at-once-", 200);
        completedAsStreamed("at-once-", 200);
    }

    /** Ten rounds: what grows with each would show. */
    @Test
    @Tag("long")
    void memoryStaysFlat() throws Exception {
        var uses = new ArrayList<ServiceMemory.Use>();
        try (var memory = ServiceMemory.of(up.pid())) {
            for (int round = 0; round < 10; round++) {
                String prefix = "round-" + round + "-";
                send(prefix, 200);
                completedAsStreamed(prefix, 200);
                uses.add(memory.use());
            }
        }
        System.out.println("Memory after each round of 200 prompts: " + uses);
        // what may grow is the gateway's memory of streams, by 1 to 2 kB a prompt until it is full, and the broker's figures
        assertThat(uses.getLast().heap()).isLessThan(uses.get(1).heap() + (6 << 20));
        assertThat(uses.getLast().direct()).isLessThan(uses.get(1).direct() + (1 << 20));
    }

    private void send(String prefix, int count) throws Exception {
        for (int i = 0; i < count; i++) {
            pipeline.sendRaw(prefix + i, json(prefix + i,
                    "\"prompt\":\"The little boat number " + i + "\",\"max_tokens\":" + (4 + i % 8)));
        }
    }

    private void completedAsStreamed(String prefix, int count) {
        List<Completion> completions = pipeline.completions
                .await(list -> list.stream().filter(c -> c.id().startsWith(prefix)).count() >= count).stream()
                .filter(completion -> completion.id().startsWith(prefix)).toList();
        assertThat(completions.stream().map(Completion::id)).hasSize(count).doesNotHaveDuplicates();
        Map<String, List<TokenEvent>> streams = pipeline.tokens.await(list -> list.stream()
                .filter(event -> event.id().startsWith(prefix) && event.isLast()).count() >= count).stream()
                .collect(groupingBy(TokenEvent::id));
        assertThat(completions).allSatisfy(completion -> {
            assertThat(completion.text()).isNotEmpty().isEqualTo(textOf(streams.get(completion.id())));
            assertThat(completion.finishReason()).isIn(FinishReason.LENGTH, FinishReason.STOP);
        });
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{\"prompt\":\"cut off                                     | invalid_prompt   | JSON",
            "{\"prompt\":\"Hi\",\"temprature\":1}                      | invalid_prompt   | temprature",
            "{\"prompt\":\"Hi\",\"max_tokens\":0}                      | invalid_prompt   | max_tokens",
            "{\"prompt\":\"Hi\",\"max_tokens\":-1}                     | invalid_prompt   | max_tokens",
            "{\"prompt\":\"Hi\",\"model\":\"gpt\"}                     | unknown_model    | gpt",
            "{\"messages\":[{\"role\":\"king\",\"content\":\"Hi\"}]}   | invalid_prompt   | king"})
    void whatCannotBeRunIsADeadLetterWithItsReasonAndTheNextPromptWorks(String value, String error, String reason)
            throws Exception {
        deadLetter(value.strip().getBytes(StandardCharsets.UTF_8), error.strip(), reason.strip());
    }

    @Test
    void aPromptOfTenMegabytesIsADeadLetterAsWell() throws Exception {
        String value = "{\"prompt\":\"" + "boat ".repeat(2 << 20) + "\"}";
        deadLetter(value.getBytes(StandardCharsets.UTF_8), "prompt_too_large", "bytes");
    }

    @Test
    void aPromptLongerThanTheContextIsToldSo() throws Exception {
        String value = "{\"prompt\":\"" + "boat ".repeat(2000) + "\"}";
        deadLetter(value.getBytes(StandardCharsets.UTF_8), "context_length_exceeded", "context of 512");
    }

    private void deadLetter(byte[] value, String error, String reason) throws Exception {
        String key = "bad-" + System.nanoTime();
        pipeline.sendRaw(key.getBytes(StandardCharsets.UTF_8), value);
        ConsumerRecord<byte[], byte[]> letter = pipeline.deadLetters
                .await(list -> list.stream().anyMatch(record -> key.equals(text(record.key())))).stream()
                .filter(record -> key.equals(text(record.key()))).findFirst().orElseThrow();
        assertThat(letter.value()).isEqualTo(value);
        assertThat(header(letter, DeadLetterHeaders.ERROR)).isEqualTo(error);
        assertThat(header(letter, DeadLetterHeaders.REASON)).contains(reason);
        pipeline.sendRaw("after-" + key, json("after-" + key, "\"prompt\":\"Once upon a time\",\"max_tokens\":4"));
        assertThat(pipeline.completion("after-" + key).text()).isNotEmpty();
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return text(record.headers().lastHeader(name).value());
    }

    private static String text(byte[] utf8) {
        return utf8 == null ? null : new String(utf8, StandardCharsets.UTF_8);
    }

    @Test
    void aChatEndsAtTheModelsEndOfTurn() throws Exception {
        pipeline.sendRaw("chat", json("chat", "\"messages\":[{\"role\":\"user\",\"content\":\"Hello!\"}],"
                + "\"temperature\":0.6,\"top_k\":20,\"seed\":1"));
        Completion completion = pipeline.completion("chat");
        assertThat(completion.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(completion.text()).isNotBlank().doesNotContain("<|");
    }

    @Test
    void plainTextIsAPromptWithItsKeyAsItsId() throws Exception {
        pipeline.sendRaw("plain", "Once upon a time there was a boat");
        assertThat(pipeline.completion("plain").text()).isNotEmpty();
    }

    /** As Kafka's console producer sends them: the place in the topic is the id. */
    @Test
    void plainTextNeedsNoKey() throws Exception {
        pipeline.sendRaw(null, "Once upon a time there was a boat".getBytes(StandardCharsets.UTF_8));
        Predicate<Completion> isKeyless = completion -> completion.id().matches("\\d+-\\d+");
        List<Completion> completions = pipeline.completions.await(list -> list.stream().anyMatch(isKeyless));
        assertThat(completions.stream().filter(isKeyless)).singleElement()
                .satisfies(completion -> assertThat(completion.text()).isNotEmpty());
    }

    @Test
    void aWebSocketClientSendsPromptsAndFollowsStreams() throws Exception {
        String url = up.awaitLine(line -> line.startsWith(WEB_SOCKET)).substring(WEB_SOCKET.length());
        var frames = new FrameListener();
        try (var client = HttpClient.newHttpClient()) {
            WebSocket socket = client.newWebSocketBuilder().buildAsync(URI.create(url), frames).join();
            socket.sendText(FrameListener.text(new ClientFrame.Submit(
                    Prompt.ofText("Once upon a time").withId("socket"))), true).join();
            assertThat(frames.next()).isEqualTo(new ServerFrame.Accepted("socket"));
            String streamed = frames.stream();
            assertThat(streamed).isNotEmpty().isEqualTo(pipeline.completion("socket").text());

            var again = new FrameListener();
            client.newWebSocketBuilder().buildAsync(URI.create(url + "/socket"), again).join();
            assertThat(again.stream()).isEqualTo(streamed);
            socket.abort();
        }
    }

    /** Collects whole messages. */
    private static final class FrameListener implements WebSocket.Listener {
        private final FrameCodec codec = new FrameCodec();
        private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
        private final StringBuilder part = new StringBuilder();

        static String text(ClientFrame frame) {
            return new FrameCodec().encode(frame);
        }

        @Override
        public CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
            part.append(data);
            if (last) {
                messages.add(part.toString());
                part.setLength(0);
            }
            socket.request(1);
            return null;
        }

        ServerFrame next() throws InterruptedException {
            String message = messages.poll(30, TimeUnit.SECONDS);
            assertThat(message).as("a frame").isNotNull();
            return codec.decodeServer(message);
        }

        /** The text of the one stream that comes, once it has ended. */
        String stream() throws InterruptedException {
            var events = new ArrayList<TokenEvent>();
            while (events.isEmpty() || !events.getLast().isLast()) {
                events.add(((ServerFrame.Event) next()).event());
            }
            return textOf(events);
        }
    }

    @Test
    void askedToItEndsCleanlyAndTheNextOneGoesOnWhereItEnded(@TempDir Path ownData) throws Exception {
        try (var first = start(ownData); var own = new Pipeline(brokerOf(first), Topics.DEFAULT)) {
            own.sendRaw("before", json("before", "\"prompt\":\"Once\",\"max_tokens\":4"));
            assertThat(own.completion("before").text()).isNotEmpty();
            first.terminate();
            assertThat(first.status()).isZero();
            assertThat(first.err()).doesNotContain("ERROR", "Exception");
        }
        try (var second = start(ownData); var own = new Pipeline(brokerOf(second), Topics.DEFAULT)) {
            own.sendRaw("later", json("later", "\"prompt\":\"Once\",\"max_tokens\":4"));
            assertThat(own.completion("later").text()).isNotEmpty();
            assertThat(own.completions.await(2).stream().map(Completion::id)).containsExactlyInAnyOrder("before",
                    "later");
        }
    }

    @Test
    void aPortThatIsTakenIsOneLine() throws Exception {
        String url = up.awaitLine(line -> line.startsWith(WEB_SOCKET)).substring(WEB_SOCKET.length());
        String port = String.valueOf(URI.create(url).getPort());
        try (var second = Program.start("up", "--bootstrap-servers", broker.bootstrapServers(), "--port", port)) {
            assertThat(second.status()).isEqualTo(2);
            assertThat(second.err().lines()).singleElement().asString().contains("port " + port, "--port");
        }
        try (var second = Program.start("up", "--data", data.toString(), "--kafka-port", "0", "--port", "0")) {
            assertThat(second.status()).isEqualTo(2);
            assertThat(second.err().lines()).singleElement().asString().contains(data.toString());
        }
    }
}
