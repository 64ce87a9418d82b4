package io.millrace.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.inference.bench.LlamaShape;
import io.millrace.inference.bench.SyntheticLlama;
import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.gpu.GpuException;
import io.millrace.inference.gpu.TestDevice;
import io.millrace.inference.gpu.WatchedDevice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

class OffloadTest {
    private static final int ALL = 999;
    private static final double TOLERANCE = 1e-2;
    private static final String STORIES = "stories260K";

    private WatchedDevice device = new WatchedDevice(TestDevice.find());

    @TempDir
    private Path folder;

    private EngineOptions options(LanguageModel model, int context, int layers) {
        return EngineOptions.defaults(model).withContextLength(context).withMaxSequences(4).withThreads(2)
                .withOffload(Offload.to(device, layers));
    }

    private LanguageModel synthetic(String shape, TensorType type) {
        Path file = folder.resolve(type + ".gguf");
        new SyntheticLlama(LlamaShape.parse(shape), type, 7).write(file, _ -> {});
        return LanguageModel.load(file);
    }

    private static List<float[]> logits(LanguageModel model, EngineOptions options, int... tokens) {
        List<float[]> all = new ArrayList<>();
        try (var evaluator = new Evaluator(model, options)) {
            int vocabulary = model.tokenizer().vocabulary().size();
            evaluator.run(tokens, _ -> true, position -> {
                var row = new float[vocabulary];
                for (int token = 0; token < vocabulary; token++) {
                    row[token] = position.logit(token);
                }
                all.add(row);
            });
        }
        return all;
    }

    private static void assertClose(List<float[]> actual, List<float[]> expected) {
        assertThat(actual).hasSameSizeAs(expected);
        double largest = 0;
        double difference = 0;
        for (int i = 0; i < expected.size(); i++) {
            for (int token = 0; token < expected.get(i).length; token++) {
                largest = Math.max(largest, Math.abs(expected.get(i)[token]));
                difference = Math.max(difference, Math.abs(actual.get(i)[token] - expected.get(i)[token]));
                assertThat(actual.get(i)[token]).isFinite();
            }
        }
        assertThat(largest).isGreaterThan(0.1);
        assertThat(difference).isLessThan(TOLERANCE);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 5, 6, ALL})
    void anyNumberOfLayersGivesTheSameLogits(int layers) {
        try (LanguageModel model = TestModels.open(STORIES)) {
            int[] tokens = model.encode("Once upon a time, there was a little girl named Lily. She loved to play.");
            assertClose(logits(model, options(model, 128, layers), tokens),
                    logits(model, options(model, 128, 0), tokens));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F16", "Q8_0"})
    void keysAndValuesInHalfPrecisionComeCloseToo(TensorType cacheType) {
        try (LanguageModel model = synthetic("2x256x512x8x2x512", TensorType.F32)) {
            int[] tokens = IntStream.range(0, 40).map(i -> 3 + i * 91 % 500).toArray();
            assertClose(logits(model, options(model, 64, ALL).withCacheTypes(cacheType, cacheType), tokens),
                    logits(model, options(model, 64, 0), tokens));
        }
    }

    private static GenerationRequest greedy(LanguageModel model, String prompt, int tokens) {
        return TestModels.request(TestModels.encode(model, prompt), tokens, SamplingOptions.GREEDY);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, ALL})
    void greedyTextsAreTheSame(int layers) {
        try (LanguageModel model = TestModels.open(STORIES);
                Engine plain = Engine.start(model, options(model, 256, 0));
                Engine offloaded = Engine.start(model, options(model, 256, layers))) {
            for (String prompt : List.of("Once upon a time", "The little dog", "Tom and his mom went")) {
                GenerationRequest request = greedy(model, prompt, 60);
                assertThat(TestModels.ids(TestModels.run(offloaded, request)))
                        .isEqualTo(TestModels.ids(TestModels.run(plain, request)));
            }
        }
    }

    @Test
    void aBatchOfManyIsWhatEachIsAlone() {
        compareBatchWithEachAlone();
    }

    /** Prompts of many lengths join while others decode, and those that begin alike share blocks. */
    private void compareBatchWithEachAlone() {
        try (LanguageModel model = TestModels.open(STORIES);
                Engine plain = Engine.start(model, options(model, 256, 0));
                Engine offloaded = Engine.start(model,
                        options(model, 256, ALL).withMaxBatchTokens(40).withTokensBesideDecoding(16))) {
            String long1 = "Once upon a time there was a big red ball. ".repeat(4);
            List<GenerationRequest> requests = Stream.of("Once upon a time", long1, long1 + "The ball was happy",
                    "One day", long1 + "Tim saw it", "The cat sat on the mat and")
                    .map(prompt -> greedy(model, prompt, 24))
                    .toList();
            List<List<GenerationEvent>> together = Flux.fromIterable(requests)
                    .flatMapSequential(request -> offloaded.generate(request).collectList(), requests.size())
                    .collectList().block();
            for (int i = 0; i < requests.size(); i++) {
                assertThat(TestModels.ids(together.get(i)))
                        .isEqualTo(TestModels.ids(TestModels.run(plain, requests.get(i))));
            }
            List<GenerationEvent> again = TestModels.run(offloaded, requests.get(1));
            assertThat(TestModels.cachedTokens(again)).isPositive();
            assertThat(TestModels.ids(again)).isEqualTo(TestModels.ids(together.get(1)));
        }
    }

    /** Tokens of prompts beside tokens that are decoded, in tiles of many and of few. */
    @Test
    void soIsWhatIsBatchedOnMatrixUnits() {
        device = new WatchedDevice(TestDevice.withMatrixUnits());
        compareBatchWithEachAlone();
    }

    @Test
    void onlyCandidatesLeaveTheDevice() {
        try (LanguageModel model = synthetic("2x256x512x8x2x32000", TensorType.Q8_0);
                Engine plain = Engine.start(model, options(model, 64, 0));
                Engine offloaded = Engine.start(model, options(model, 64, ALL))) {
            List<Integer> prompt = List.of(1, 300, 400, 500, 600);
            var drawn = SamplingOptions.DEFAULT.withSeed(11);
            int first = TestModels.ids(TestModels.run(plain, TestModels.request(prompt, 1, SamplingOptions.GREEDY)))
                    .getFirst();
            var banning = SamplingOptions.GREEDY.withLogitBias(Map.of(first, Float.NEGATIVE_INFINITY));
            for (SamplingOptions sampling : List.of(SamplingOptions.GREEDY, drawn, banning)) {
                long before = device.downloadedBytes();
                GenerationRequest request = TestModels.request(prompt, 10, sampling);
                assertThat(TestModels.ids(TestModels.run(offloaded, request)))
                        .isEqualTo(TestModels.ids(TestModels.run(plain, request)));
                assertThat(device.downloadedBytes() - before).isLessThan(10L * 32_000);
            }
        }
    }

    @Test
    void embeddingsAreThoseOfTheProcessor() {
        try (LanguageModel model = TestModels.open(STORIES);
                Engine plain = Engine.start(model, options(model, 128, 0));
                Engine offloaded = Engine.start(model, options(model, 128, ALL))) {
            var request = new EmbeddingRequest(TestModels.encode(model, "A little girl and her dog"),
                    GenerationRequest.DEFAULT_PRIORITY, Optional.empty());
            List<Float> expected = embedding(plain, request);
            List<Float> actual = embedding(offloaded, request);
            for (int i = 0; i < expected.size(); i++) {
                assertThat(actual.get(i)).isCloseTo(expected.get(i), within(1e-4f));
            }
        }
    }

    private static List<Float> embedding(Engine engine, EmbeddingRequest request) {
        return engine.embed(request).ofType(EmbeddingEvent.Embedded.class).blockLast().values();
    }

    /** Fails in the middle of a step, when half of the answer has been told. */
    @Test
    void aFailingLaunchIsRedoneOnTheProcessor() {
        try (LanguageModel model = TestModels.open(STORIES);
                Engine plain = Engine.start(model, options(model, 128, 0));
                Engine offloaded = Engine.start(model, options(model, 128, ALL))) {
            GenerationRequest request = greedy(model, "Once upon a time", 40);
            long before = device.launches();
            device.fail(call -> call.equals("swiglu") && device.launches() - before > 20L * 12 * 5);
            assertThat(TestModels.ids(TestModels.run(offloaded, request)))
                    .isEqualTo(TestModels.ids(TestModels.run(plain, request)));
            assertThat(offloaded.statistics().preemptions()).isPositive();
            assertThat(device.openContexts()).isZero();
            device.fail(_ -> false);
            assertThat(TestModels.ids(TestModels.run(offloaded, request)))
                    .isEqualTo(TestModels.ids(TestModels.run(plain, request)));
        }
        assertThat(device.takenBytes()).isZero();
    }

    /** Where block tables outgrow what was taken for them. */
    @Test
    void noMemoryInAStepIsNoEnd() {
        try (LanguageModel model = TestModels.open(STORIES);
                Engine offloaded = Engine.start(model, options(model, 128, ALL))) {
            device.fail("allocate"::equals);
            List<Integer> ids = TestModels.ids(TestModels.run(offloaded, greedy(model, "The", 5)));
            assertThat(ids).hasSize(5);
            assertThat(device.openPieces()).isZero();
        }
    }

    @Test
    void noMemoryAtTheStartIsToldAndLeavesNothing() {
        try (LanguageModel model = TestModels.open(STORIES)) {
            int[] pieces = {0};
            device.fail(call -> call.equals("allocate") && pieces[0]++ == 30);
            assertThatThrownBy(() -> Engine.start(model, options(model, 128, ALL))).isInstanceOf(GpuException.class)
                    .hasMessageContaining("allocate");
            assertThat(device.openContexts()).isZero();
            assertThat(device.takenBytes()).isZero();
        }
    }

    @Test
    void whatDoesNotFitIsRefusedBeforeAnythingIsCopied() {
        try (LanguageModel model = TestModels.open(STORIES)) {
            device.setFreeBytes(2_500_000);
            device.fail("allocate"::equals);
            assertThatThrownBy(() -> Engine.start(model, options(model, 32, ALL))).isInstanceOf(GpuException.class)
                    .hasMessageContaining("5 of 5 layers and the output")
                    .hasMessageMatching(".* \\d layers would fit.*");
            device.setFreeBytes(100);
            assertThatThrownBy(() -> Engine.start(model, options(model, 32, ALL)))
                    .hasMessageContaining("not even one layer would fit");
            assertThat(device.openContexts()).isZero();
        }
    }

    @Test
    void aTypeWithoutKernelIsNamed() {
        try (LanguageModel model = synthetic("2x256x512x8x2x512", TensorType.IQ4_NL)) {
            assertThatThrownBy(() -> Engine.start(model, options(model, 32, 1))).isInstanceOf(GpuException.class)
                    .hasMessageContaining("blk.1.attn_q.weight").hasMessageContaining("of type IQ4_NL")
                    .hasMessageContaining("no layer");
            assertThat(device.openContexts()).isZero();
        }
    }

    @Test
    void loadsLeaveNothing() {
        load(50);
    }

    /** Where the system tells how much memory a process has, the last nine tenths may not grow it by more than a fraction of what they take. */
    @Test
    @Tag("long")
    void aThousandLoadsLeaveNothing() throws IOException {
        load(100);
        long before = residentBytes();
        load(900);
        assertThat(residentBytes() - before).isLessThan(200L << 20);
    }

    private void load(int times) {
        try (LanguageModel model = TestModels.open(STORIES)) {
            for (int i = 0; i < times; i++) {
                try (Engine engine = Engine.start(model, options(model, 64, ALL))) {
                    TestModels.run(engine, greedy(model, "One", 3));
                    assertThat(device.takenBytes()).isGreaterThan(1 << 20);
                }
                assertThat(device.openContexts()).isZero();
                assertThat(device.openPieces()).isZero();
                assertThat(device.takenBytes()).isZero();
            }
        }
    }

    private static long residentBytes() throws IOException {
        Path pages = Path.of("/proc/self/statm");
        return Files.exists(pages) ? Long.parseLong(Files.readString(pages).split(" ", -1)[1]) * 4096 : 0;
    }
}
