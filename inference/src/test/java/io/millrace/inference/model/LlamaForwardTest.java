package io.millrace.inference.model;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.inference.SharedData;
import io.millrace.inference.cache.SequenceCache;
import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.kernel.Kernels;
import io.millrace.inference.tokenizer.Tokenizer;
import io.millrace.inference.tokenizer.Tokenizers;
import io.millrace.inference.tokenizer.Utf8Assembler;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class LlamaForwardTest {
    private static final String STORIES = "stories260K.gguf";

    static Stream<Kernels> kernels() {
        return Stream.of(Kernels.scalar(), Kernels.fastest());
    }

    @ParameterizedTest
    @MethodSource("kernels")
    void greedyStoriesAreTheReferences(Kernels kernels) {
        try (Gguf file = Gguf.open(SharedData.model(STORIES))) {
            Tokenizer tokenizer = Tokenizers.of(file.metadata());
            try (var runner = new Runner(file, tokenizer.vocabulary().size(), kernels, 2, 256)) {
                for (JsonNode golden : SharedData.golden("stories260K.json").get("greedy")) {
                    int[] prompt = withBeginning(tokenizer, golden.get("prompt").asText());
                    SequenceCache cache = runner.newSequence();
                    float[][] logits = runner.run(cache, 0, prompt);
                    int[] generated = new int[golden.get("max_tokens").asInt()];
                    generated[0] = Runner.argmax(logits[logits.length - 1]);
                    for (int i = 1; i < generated.length; i++) {
                        generated[i] = Runner.argmax(runner.run(cache, prompt.length + i - 1, generated[i - 1])[0]);
                    }
                    assertThat(continued(tokenizer, generated)).isEqualTo(golden.get("text").asText());
                    cache.free();
                }
            }
        }
    }

    private static String continued(Tokenizer tokenizer, int... tokens) {
        var text = new Utf8Assembler();
        return IntStream.of(tokens).mapToObj(token -> text.append(tokenizer.bytes(token))).collect(joining())
                + text.finish();
    }

    private static int[] withBeginning(Tokenizer tokenizer, String text) {
        return IntStream.concat(IntStream.of(tokenizer.vocabulary().beginningOfSequence().orElseThrow()),
                IntStream.of(tokenizer.encode(text, false))).toArray();
    }

    /** Positions up to 9215, where Llama 3.1's rotary scaling decides. Tolerance: the golden data's own. */
    @Test
    void logitsOfTheSyntheticModelAreTheReferences() {
        JsonNode golden = SharedData.golden("synthetic-logits.json");
        int count = golden.get("tokens").asInt();
        int[] tokens = IntStream.range(0, count).map(i -> (int) ((i * 7919L + (long) i * i * 31) % 1024)).toArray();
        try (Gguf file = SyntheticModel.build();
                var runner = new Runner(file, SyntheticModel.VOCABULARY, Kernels.fastest(), 2, count)) {
            SequenceCache cache = runner.newSequence();
            int done = 0;
            for (JsonNode expected : golden.get("positions")) {
                int position = expected.get("pos").asInt();
                float[] logits = null;
                while (done <= position) {
                    int to = Math.min(position + 1, done + Runner.BATCH_TOKENS);
                    float[][] rows = runner.run(cache, done, IntStream.range(done, to).map(i -> tokens[i]).toArray());
                    logits = rows[rows.length - 1];
                    done = to;
                }
                assertThat(Runner.logSumExp(logits)).as("position %s", position)
                        .isCloseTo(expected.get("logsumexp").asDouble(), within(2e-3));
                // the last position has no next token
                double nextLogit = position == count - 1 ? 0 : logits[tokens[position + 1]];
                assertThat(nextLogit).as("position %s", position)
                        .isCloseTo(expected.get("next_logit").asDouble(), within(2e-3));
                for (JsonNode top : expected.get("top")) {
                    assertThat((double) logits[top.get(0).asInt()]).as("position %s, token %s", position, top.get(0))
                            .isCloseTo(top.get(1).asDouble(), within(2e-3));
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "2", "3"})
    void aSequencesLogitsHaveTheSameBitsAloneInChunksAndInCompany(int members) {
        long seed = System.nanoTime();
        var random = new Random(seed);
        try (Gguf file = SyntheticModel.build();
                var runner = new Runner(file, SyntheticModel.VOCABULARY, Kernels.fastest(), members, 128)) {
            int[] tokens = random.ints(100, 0, SyntheticModel.VOCABULARY).toArray();
            float[][] chunked = runner.run(runner.newSequence(), 0, tokens);

            var caches = new ArrayList<SequenceCache>();
            for (int i = 0; i < 3; i++) {
                caches.add(runner.newSequence());
            }
            int ahead = 7;
            runner.run(caches.get(0), 0, random.ints(ahead, 0, SyntheticModel.VOCABULARY).toArray());
            for (int i = 0; i < tokens.length; i++) {
                int company = random.nextInt(SyntheticModel.VOCABULARY);
                float[][] together = runner.step(caches, new int[]{ahead + i, i, i},
                        new int[]{company, tokens[i], company});
                assertThat(together[1]).as("seed %s, position %s", seed, i).containsExactly(chunked[i]);
            }
        }
    }

    @Test
    void tiedAndQuantisedModelsRunWithBothKernelsAlike() throws IOException {
        try (Gguf file = demo(); Gguf sameFile = demo()) {
            Tokenizer tokenizer = Tokenizers.of(file.metadata());
            int[] prompt = withBeginning(tokenizer, "Once upon a time there was a boat");
            int size = tokenizer.vocabulary().size();
            try (var plain = new Runner(file, size, Kernels.scalar(), 1, 64);
                    var fast = new Runner(sameFile, size, Kernels.fastest(), 2, 64)) {
                float[][] expected = plain.run(plain.newSequence(), 0, prompt);
                float[][] actual = fast.run(fast.newSequence(), 0, prompt);
                for (int i = 0; i < prompt.length; i++) {
                    // logits are some tens; sums of hundreds of terms in single precision
                    assertThat(actual[i]).as("position %s", i).containsExactly(expected[i], within(1e-3f));
                }
            }
        }
    }

    private static Gguf demo() throws IOException {
        try (var resource = LlamaForwardTest.class.getResourceAsStream("/models/millrace-demo-Q8_0.gguf")) {
            return Gguf.of(MemorySegment.ofArray(resource.readAllBytes()), "demo");
        }
    }
}
