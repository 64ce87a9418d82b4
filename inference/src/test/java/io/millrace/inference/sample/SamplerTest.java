package io.millrace.inference.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.management.ThreadMXBean;
import io.millrace.inference.SamplingOptions;
import io.millrace.inference.SharedData;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SamplerTest {
    /** What the golden data says how to compare. */
    private static final float GOLDEN_TOLERANCE = 1e-3f;
    private static final Set<String> STAGES = Set.of("top_k", "top_p", "min_p", "typical", "temp", "penalties");

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    private static SamplingOptions options(float temperature, int topK, float topP, float minP, long seed) {
        return new SamplingOptions(temperature, topK, topP, minP, 1, 1, 0, 0, 0, seed);
    }

    private static SamplingOptions penalised(float temperature, float repeat, int last, float frequency,
            float presence) {
        return new SamplingOptions(temperature, 0, 1, 0, 1, repeat, last, frequency, presence, 0);
    }

    @Test
    void stagesKeepWhatTheReferenceKeeps() {
        int compared = 0;
        for (JsonNode golden : SharedData.golden("samplers.json")) {
            String stage = golden.get("sampler").asText();
            if (STAGES.contains(stage)) {
                float[] expected = floats(golden.get("expected"));
                float[] actual = probabilities(stage, golden);
                // min_p's are not normalised again in the golden data, and what was dropped may stand there as 0
                float sum = 0;
                for (float p : expected) {
                    sum += p;
                }
                assertThat(Arrays.copyOf(actual, expected.length)).as("%s", golden).containsExactly(
                        scaled(expected, 1 / sum), within(GOLDEN_TOLERANCE));
                compared++;
            }
        }
        assertThat(compared).isGreaterThan(20);
    }

    private static float[] probabilities(String stage, JsonNode golden) {
        float[] logits = floats(golden.get("probabilities"));
        for (int i = 0; i < logits.length; i++) {
            logits[i] = (float) Math.log(logits[i]);
        }
        var candidates = new Candidates(stage.equals("top_k") && golden.get("k").asInt() > 0
                ? Math.min(golden.get("k").asInt(), logits.length)
                : logits.length);
        var penalties = new Penalties(penalties(golden), logits.length);
        golden.path("previous_tokens").forEach(token -> penalties.accept(token.asInt()));
        double temperature = Math.max(golden.path("temperature").asDouble(1), 1e-9);
        for (int token = 0; token < logits.length; token++) {
            candidates.offer(token, (float) (penalties.adjust(token, logits[token]) / temperature));
        }
        float p = (float) golden.path("p").asDouble();
        switch (stage) {
            case "top_p" -> new TopP(p).apply(candidates);
            case "min_p" -> new MinP(p).apply(candidates);
            case "typical" -> new TypicalP(p, logits.length).apply(candidates);
            default -> assertThat(stage).isIn("top_k", "temp", "penalties");
        }
        candidates.sort();
        return Arrays.copyOf(candidates.probabilities(), candidates.count());
    }

    private static SamplingOptions penalties(JsonNode golden) {
        return penalised(1, (float) golden.path("repeat_penalty").asDouble(1), 64,
                (float) golden.path("frequency_penalty").asDouble(),
                (float) golden.path("presence_penalty").asDouble());
    }

    private static float[] floats(JsonNode array) {
        var values = new float[array.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) array.get(i).asDouble();
        }
        return values;
    }

    private static float[] scaled(float[] values, float factor) {
        float[] scaled = values.clone();
        for (int i = 0; i < scaled.length; i++) {
            scaled[i] *= factor;
        }
        return scaled;
    }

    @Test
    void temperatureZeroIsTheMostLikelyTokenAndTheLowestAmongEquals() {
        var sampler = new Sampler(SamplingOptions.GREEDY, 5, TokenConstraint.NONE);
        assertThat(sampler.sample(new float[]{9, 1, 3, 3, Float.NEGATIVE_INFINITY, 2}, 1, 0)).isEqualTo(1);
    }

    @Test
    void drawsFollowTheProbabilities() {
        float[] probabilities = {0.05f, 0.5f, 0.15f, 0.3f};
        var logits = new float[4];
        for (int i = 0; i < 4; i++) {
            logits[i] = (float) Math.log(probabilities[i]);
        }
        var sampler = new Sampler(options(1, 0, 1, 0, seed), 4, TokenConstraint.NONE);
        var drawn = new float[4];
        int draws = 100_000;
        for (int position = 0; position < draws; position++) {
            drawn[sampler.sample(logits, 0, position)] += 1f / draws;
        }
        // five standard deviations of a share of 100,000 draws
        assertThat(drawn).as("seed %s", seed).containsExactly(probabilities, within(0.008f));
    }

    @Test
    void aDrawDependsOnTheSeedAndThePositionAlone() {
        // close together: whatever is drawn, many tokens are likely
        float[] logits = scaled(logits(1000), 0.1f);
        SamplingOptions options = options(0.8f, 40, 0.95f, 0.05f, seed);
        var first = new Sampler(options, logits.length, TokenConstraint.NONE);
        int[] forwards = new int[50];
        for (int position = 0; position < 50; position++) {
            forwards[position] = first.sample(logits, 0, position);
        }
        for (int position = 49; position >= 0; position--) {
            assertThat(new Sampler(options, logits.length, TokenConstraint.NONE).sample(logits, 0, position))
                    .as("seed %s", seed)
                    .isEqualTo(forwards[position]);
        }
        assertThat(Arrays.stream(forwards).distinct().count()).isGreaterThan(1);
    }

    @Test
    void topKKeepsTheMostLikelyWhateverTheirOrder() {
        for (int round = 0; round < 200; round++) {
            float[] logits = logits(1 + random.nextInt(300));
            int k = 1 + random.nextInt(logits.length);
            var candidates = new Candidates(k);
            for (int token = 0; token < logits.length; token++) {
                candidates.offer(token, logits[token]);
            }
            candidates.sort();
            float[] sorted = logits.clone();
            Arrays.sort(sorted);
            for (int i = 0; i < k; i++) {
                assertThat(candidates.logit(i)).as("seed %s", seed).isEqualTo(sorted[logits.length - 1 - i]);
                assertThat(logits[candidates.token(i)]).as("seed %s", seed).isEqualTo(candidates.logit(i));
            }
        }
    }

    @Test
    void extremeLogitsAndTemperaturesStillGiveAToken() {
        float[] logits = {-3e38f, 3e38f, Float.NEGATIVE_INFINITY, 0};
        for (float temperature : new float[]{Float.MIN_VALUE, 1e-6f, 1, 1e30f}) {
            var sampler = new Sampler(new SamplingOptions(temperature, 3, 0.9f, 0.1f, 0.9f, 1, 0, 0, 0, seed), 4,
                    TokenConstraint.NONE);
            assertThat(sampler.sample(logits, 0, 0)).as("seed %s", seed).isEqualTo(1);
        }
    }

    @Test
    void logitsThatAreNoNumbersAreTheModelsFault() {
        for (SamplingOptions options : new SamplingOptions[]{SamplingOptions.GREEDY, SamplingOptions.DEFAULT}) {
            assertThatThrownBy(
                    () -> new Sampler(options, 3, TokenConstraint.NONE).sample(new float[]{1, Float.NaN, 2}, 0, 0))
                    .isInstanceOf(ArithmeticException.class).hasMessageContaining("token 1 is not a number");
            var none = new float[]{Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY};
            assertThatThrownBy(() -> new Sampler(options, 3, TokenConstraint.NONE).sample(none, 0, 0))
                    .isInstanceOf(ArithmeticException.class).hasMessageContaining("-Infinity");
        }
    }

    @Test
    void penaltiesForgetWhatLeftTheirWindow() {
        float[] logits = {2, 1.5f, 1};
        var sampler = new Sampler(penalised(0, 1, 2, 0, 10), 3, TokenConstraint.NONE);
        assertThat(sampler.sample(logits, 0, 0)).isZero();
        sampler.accept(0);
        assertThat(sampler.sample(logits, 0, 1)).isEqualTo(1);
        sampler.accept(1);
        assertThat(sampler.sample(logits, 0, 2)).isEqualTo(2);
        sampler.accept(2);
        assertThat(sampler.sample(logits, 0, 3)).isZero();
    }

    @Test
    void samplingAllocatesNothing() {
        float[] logits = logits(4000);
        var sampler = new Sampler(new SamplingOptions(0.8f, 40, 0.95f, 0.05f, 0.9f, 1.1f, 64, 0.1f, 0.1f, seed), 4000,
                TokenConstraint.NONE);
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int rounds = 2000;
        long before = 0;
        for (int position = 0; position < 2 * rounds; position++) {
            if (position == rounds) {
                before = threads.getCurrentThreadAllocatedBytes();
            }
            sampler.accept(sampler.sample(logits, 0, position));
        }
        // the measurement itself takes a little
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(rounds);
    }

    private float[] logits(int count) {
        var logits = new float[count];
        for (int i = 0; i < count; i++) {
            logits[i] = (float) (4 * random.nextGaussian());
        }
        return logits;
    }
}
