package io.millrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a codec writes keeps its schema, and the codec reads it back as it was. */
class RoundTripTest {
    private static final int ROUNDS = 500;
    private static final String EMOJI = "\uD83D\uDE00";
    private static final List<String> PIECES = List.of("a", "\u00e9", EMOJI, "\"", "\\", "\n", "\u0000", "\u2028", "</",
            "\uFEFF", "\uFFFF");

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    private String text() {
        StringBuilder text = new StringBuilder("t");
        for (int i = random.nextInt(10); i > 0; i--) {
            text.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        return text.toString();
    }

    private int count() {
        return random.nextInt() >>> 1;
    }

    private FinishReason finishReason() {
        List<FinishReason> reasons = List.of(FinishReason.values());
        return reasons.get(random.nextInt(reasons.size()));
    }

    private Usage usage() {
        return new Usage(random.nextInt(1 << 20), random.nextInt(1 << 20), random.nextInt(1 << 20));
    }

    private Timings timings() {
        return new Timings(random.nextDouble() * 1e6 - 1e3, random.nextDouble(), random.nextLong());
    }

    private ScoredToken scored() {
        return new ScoredToken(count(), List.of(random.nextInt(256), 0), -random.nextDouble() * 100);
    }

    private Stream<TokenEvent> events() {
        return Stream.of(new TokenEvent.Started(text(), 1 + random.nextInt(9), text(), count(), count()),
                new TokenEvent.Token(text(), 1 + random.nextInt(9), count(), text().substring(1), count()),
                new TokenEvent.Token(text(), 1, count(), text(), count(), new TokenLogprobs(scored(), List.of(scored(),
                        scored())), delta()),
                new TokenEvent.Token(text(), 1, 0, "", count(), null, AnswerDelta.NOTHING),
                new TokenEvent.Completed(text(), 1, count(), finishReason(), usage(),
                        timings()),
                new TokenEvent.Completed(text(), 1, count(), finishReason(), usage(), timings(), delta(), null),
                new TokenEvent.Completed(text(), 1, 0, finishReason(), usage(), timings(), null, result()),
                new TokenEvent.Completed(text(), 1, 0, finishReason(), usage(), timings(), null,
                        new Result.Text(text())),
                new TokenEvent.Failed(text(), Integer.MAX_VALUE, new ErrorDetail(text(), text())));
    }

    private AnswerDelta delta() {
        return new AnswerDelta(random.nextBoolean() ? "" : text(), List.of(
                new AnswerDelta.Call(random.nextInt(9), text(), text(), ""), new AnswerDelta.Call(count(), null, null,
                        text())));
    }

    private Result result() {
        return switch (random.nextInt(3)) {
            case 0 -> new Result.Embedding(List.of(random.nextFloat(), -Float.MIN_VALUE, random.nextFloat() * 1e-9f));
            case 1 -> new Result.Tokens(List.of(), List.of());
            default -> new Result.Tokens(List.of(count(), 0), random.nextBoolean()
                    ? List.of()
                    : List.of(List.of(0xe2, 0x9b), List.of(0x41, 0xc3, 0xa9)));
        };
    }

    private AnswerMessage message() {
        return random.nextBoolean()
                ? null
                : new AnswerMessage(random.nextBoolean() ? "" : text(), random.nextBoolean()
                        ? List.of()
                        : List.of(new ToolCall(text(), text(), text())));
    }

    private Completion completion() {
        FinishReason reason = finishReason();
        JsonNode metadata = random.nextBoolean() ? null : JsonNodeFactory.instance.objectNode().put(text(), text());
        return new Completion(text(), 1 + random.nextInt(9), text(), text(), message(),
                random.nextBoolean() ? null : result(),
                reason,
                reason == FinishReason.ERROR ? new ErrorDetail(ErrorCode.INTERNAL, text()) : null, usage(), timings(),
                metadata);
    }

    private void assertKeeps(PublishedSchema schema, Object record, byte[] bytes) {
        String json = new String(bytes, StandardCharsets.UTF_8);
        assertThat(schema.complaints(json)).as("seed %d: %s", seed, json).isEmpty();
        assertThat(schema.decode(json)).as("seed %d: %s", seed, json).isEqualTo(record);
    }

    @Test
    void prompts() throws Exception {
        PromptCodec codec = new PromptCodec();
        RandomPrompts prompts = new RandomPrompts(seed);
        for (int i = 0; i < ROUNDS; i++) {
            Prompt prompt = (Prompt) PublishedSchema.PROMPT.decode(prompts.right().toString());
            assertKeeps(PublishedSchema.PROMPT, prompt, codec.encode(prompt));
            ClientFrame frame = new ClientFrame.Submit(prompt);
            assertKeeps(PublishedSchema.CLIENT_FRAME, frame,
                    new FrameCodec().encode(frame).getBytes(StandardCharsets.UTF_8));
        }
        assertKeeps(PublishedSchema.PROMPT, Prompt.ofText("{"), codec.encode(Prompt.ofText("{")));
    }

    @Test
    void tokenEvents() {
        TokenEventCodec codec = new TokenEventCodec();
        for (int i = 0; i < ROUNDS; i++) {
            events().forEach(event -> {
                assertKeeps(PublishedSchema.TOKEN_EVENT, event, codec.encode(event));
                ServerFrame frame = new ServerFrame.Event(event);
                assertKeeps(PublishedSchema.SERVER_FRAME, frame, codec.encode(event));
                assertThat(new FrameCodec().encode(frame).getBytes(StandardCharsets.UTF_8))
                        .isEqualTo(codec.encode(event));
            });
        }
    }

    @Test
    void completions() {
        CompletionCodec codec = new CompletionCodec();
        for (int i = 0; i < ROUNDS; i++) {
            Completion completion = completion();
            assertKeeps(PublishedSchema.COMPLETION, completion, codec.encode(completion));
        }
    }

    private Long time() {
        return random.nextBoolean() ? null : random.nextLong();
    }

    private PromptProgress progress() {
        List<PromptProgress.Stage> stages = List.of(PromptProgress.Stage.values());
        return new PromptProgress(text(), stages.get(random.nextInt(stages.size())), random.nextLong(), time(), time(),
                time(), time(), count(), count(), count());
    }

    private WorkerReport report() {
        var quantiles = random.nextBoolean() ? null : new WorkerReport.Quantiles(random.nextDouble(), 1e9);
        return new WorkerReport(text(), text(), random.nextLong(), random.nextLong(), 1 + random.nextInt(9),
                new WorkerReport.Load(count(), 1 + random.nextInt(9), count(), count(), count()),
                new WorkerReport.Speed(random.nextDouble(), random.nextDouble() * 1e9, quantiles),
                new WorkerReport.Cache(count(), count()),
                new WorkerReport.Totals(random.nextLong() >>> 1, count(), count(), count()),
                Stream.generate(this::progress).limit(random.nextInt(3)).toList());
    }

    @Test
    void workerReports() {
        WorkerReportCodec codec = new WorkerReportCodec();
        for (int i = 0; i < ROUNDS; i++) {
            WorkerReport report = report();
            assertKeeps(PublishedSchema.WORKER_REPORT, report, codec.encode(report));
        }
    }

    @Test
    void controlAndTheOtherFrames() {
        FrameCodec frames = new FrameCodec();
        for (int i = 0; i < ROUNDS; i++) {
            String id = text();
            Control control = new Control.Cancel(id);
            assertKeeps(PublishedSchema.CONTROL, control, new ControlCodec().encode(control));
            Stream.of(new ClientFrame.Subscribe(id, count()), new ClientFrame.Unsubscribe(id),
                    new ClientFrame.Cancel(id)).forEach(
                            frame -> assertKeeps(PublishedSchema.CLIENT_FRAME, frame,
                                    frames.encode(frame).getBytes(StandardCharsets.UTF_8)));
            Stream.of(new ServerFrame.Accepted(id), new ServerFrame.Refused(text(), text(), null),
                    new ServerFrame.Refused(text(), text(), id)).forEach(
                            frame -> assertKeeps(PublishedSchema.SERVER_FRAME, frame,
                                    frames.encode(frame).getBytes(StandardCharsets.UTF_8)));
        }
    }

    @Test
    void metadataComesBackDigitForDigit() {
        String metadata = "{\"a\":1.10,\"b\":12345678901234567890123,\"c\":0.1000000000000000055511151231257827}";
        Prompt prompt = (Prompt) PublishedSchema.PROMPT.decode("{\"prompt\":\"a\",\"metadata\":" + metadata + "}");
        assertThat(new String(new PromptCodec().encode(prompt), StandardCharsets.UTF_8)).contains(metadata);
    }

    @Test
    void charactersBeyondTheBasicPlaneAreWrittenAsTheyAre() {
        TokenEventCodec codec = new TokenEventCodec();
        assertThat(new String(codec.encode(new TokenEvent.Token("a", 1, 0, EMOJI, 7)), StandardCharsets.UTF_8))
                .isEqualTo("{\"type\":\"token\",\"id\":\"a\",\"attempt\":1,\"seq\":0,\"text\":\"" + EMOJI
                        + "\",\"token\":7}");
    }
}
