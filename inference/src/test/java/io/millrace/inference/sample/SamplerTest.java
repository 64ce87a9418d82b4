package io.millrace.inference.sample;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.management.ThreadMXBean;
import io.millrace.inference.SamplingOptions;
import io.millrace.inference.SamplingOptions.Temperature;
import io.millrace.inference.SamplingOptions.Truncation;
import io.millrace.inference.SharedData;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SamplerTest {
    /** What the golden data says how to compare. */
    private static final float GOLDEN_TOLERANCE = 1e-3f;
    private static final Set<String> STAGES = Set.of("top_k", "top_p", "min_p", "typical", "temp", "temp_ext",
            "penalties",
            "xtc", "top_n_sigma", "dry");

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    private static SamplingOptions options(float temperature, int topK, float topP, float minP, long seed) {
        return SamplingOptions.GREEDY.withTemperature(Temperature.of(temperature)).withSeed(seed)
                .withTruncation(new Truncation(topK, topP, minP, 1, Truncation.NO_SIGMA, 0, 0));
    }

    private static Sampler sampler(SamplingOptions options, int vocabularySize) {
        return new Sampler(options, vocabularySize, TokenConstraint.NONE, SequenceBreakers.NONE);
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
        assertThat(compared).isEqualTo(40);
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
        var dry = new Dry(dry(golden), breakers(golden), logits.length);
        golden.path("previous_tokens").forEach(token -> {
            penalties.accept(token.asInt());
            dry.accept(token.asInt());
        });
        dry.update();
        double temperature = Math.max(golden.path("temperature").asDouble(1), 1e-9);
        for (int token = 0; token < logits.length; token++) {
            candidates.offer(token,
                    (float) ((penalties.adjust(token, logits[token]) - dry.penalty(token)) / temperature));
        }
        float p = (float) golden.path("p").asDouble();
        switch (stage) {
            case "top_p" -> new TopP(p).apply(candidates, 0);
            case "min_p" -> new MinP(p).apply(candidates, 0);
            case "typical" -> new TypicalP(p, logits.length).apply(candidates, 0);
            case "xtc" -> new Xtc((float) golden.get("probability").asDouble(),
                    (float) golden.get("threshold").asDouble()).apply(candidates, 0);
            case "top_n_sigma" -> new TopNSigma((float) golden.get("n").asDouble()).apply(candidates, 0);
            default -> assertThat(stage).isIn("top_k", "temp", "temp_ext", "penalties", "dry");
        }
        candidates.sort();
        return Arrays.copyOf(candidates.probabilities(), candidates.count());
    }

    private static SamplingOptions.Penalties penalties(JsonNode golden) {
        return new SamplingOptions.Penalties((float) golden.path("repeat_penalty").asDouble(1), 64,
                (float) golden.path("frequency_penalty").asDouble(),
                (float) golden.path("presence_penalty").asDouble());
    }

    private static SamplingOptions.Dry dry(JsonNode golden) {
        return new SamplingOptions.Dry((float) golden.path("multiplier").asDouble(),
                (float) golden.path("base").asDouble(1), golden.path("allowed_length").asInt(1),
                golden.path("penalty_last_n").asInt(1), List.of());
    }

    private static SequenceBreakers breakers(JsonNode golden) {
        Map<Integer, List<List<Integer>>> followers = new HashMap<>();
        golden.path("sequence_breakers").forEach(breaker -> {
            var rest = new ArrayList<Integer>();
            breaker.forEach(token -> rest.add(token.asInt()));
            followers.computeIfAbsent(rest.removeFirst(), _ -> new ArrayList<>()).add(rest);
        });
        return new SequenceBreakers(followers);
    }

    /** All that can be switched on together, but for what sorts the whole vocabulary, for which the JDK takes memory. */
    private static SamplingOptions everything(long seed) {
        return SamplingOptions.DEFAULT.withSeed(seed).withTemperature(new Temperature(0.8f, 0.3f, 1))
                .withTruncation(new Truncation(40, 0.95f, 0.05f, 0.9f, Truncation.NO_SIGMA, 0.5f, 0.1f))
                .withPenalties(new SamplingOptions.Penalties(1.1f, 64, 0.1f, 0.1f))
                .withDry(new SamplingOptions.Dry(0.8f, 1.75f, 2, 64, List.of()))
                .withLogitBias(Map.of(1, 2f, 2, Float.NEGATIVE_INFINITY));
    }

    @Test
    void aBannedTokenNeverComesAndAFavouredOneDoes() {
        float[] logits = {5, 1, 1};
        assertThat(sampler(SamplingOptions.GREEDY.withLogitBias(Map.of(0, Float.NEGATIVE_INFINITY, 2, 1f, 99, 1f)), 3)
                .sample(logits, 0, 0)).isEqualTo(2);
        var drawing = sampler(options(100, 0, 1, 0, seed).withLogitBias(Map.of(1, Float.NEGATIVE_INFINITY)), 3);
        for (int position = 0; position < 1000; position++) {
            assertThat(drawing.sample(logits, 0, position)).as("seed %s", seed).isNotEqualTo(1);
        }
    }

    @Test
    void fewLogitsAreEnoughWhereOthersCannotMatter() {
        var banning = SamplingOptions.GREEDY
                .withLogitBias(Map.of(0, Float.NEGATIVE_INFINITY, 1, Float.NEGATIVE_INFINITY));
        assertThat(sampler(banning, 5).candidates()).isEqualTo(3);
        assertThat(sampler(banning, 5).sample(new float[]{9, 8, 7, Float.NaN, Float.NaN}, 0, 0, 0, 1, 2)).isEqualTo(2);
        assertThat(sampler(options(1, 2, 1, 0, 1).withLogitBias(Map.of(4, Float.NEGATIVE_INFINITY)), 5).candidates())
                .isEqualTo(3);
        assertThat(sampler(SamplingOptions.GREEDY, 5).candidates()).isEqualTo(1);
        assertThat(sampler(SamplingOptions.GREEDY.withLogitBias(Map.of(1, -2f)), 5).candidates()).isZero();
        assertThat(sampler(options(1, 0, 1, 0, 1), 5).candidates()).isZero();
    }

    @Test
    void dryStopsARepeatedSequenceUnlessABreakerStandsInIt() {
        float[] logits = {0, 0, 0, 0.1f};
        var options = SamplingOptions.GREEDY.withDry(new SamplingOptions.Dry(1, 2, 2, 100, List.of()));
        var free = sampler(options, 4);
        var broken = new Sampler(options, 4, TokenConstraint.NONE,
                new SequenceBreakers(Map.of(1, List.of(List.of()))));
        for (int token : new int[]{0, 1, 3, 2, 0, 1}) {
            free.accept(token);
            broken.accept(token);
        }
        assertThat(free.sample(logits, 0, 6)).isZero();
        assertThat(broken.sample(logits, 0, 6)).isEqualTo(3);
    }

    /** The surprise of what is drawn, on the average of many draws, from logits that fall as a language's do. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void mirostatDrawsMoreSurprisingTokensForAHigherTarget(int version) {
        double low = averageSurprise(version, 1);
        double high = averageSurprise(version, 5);
        // draws are measured among all tokens, where each is a little more surprising than among those that are kept
        assertThat(low).as("seed %s", seed).isBetween(0.5, 4.0);
        assertThat(high).as("seed %s", seed).isBetween(4.0, 7.0);
    }

    private double averageSurprise(int version, float tau) {
        var logits = new float[2000];
        double sum = 0;
        for (int token = 0; token < logits.length; token++) {
            logits[token] = (float) -Math.log(token + 1);
            sum += Math.exp(logits[token]);
        }
        var sampler = sampler(SamplingOptions.GREEDY.withTemperature(Temperature.of(1)).withSeed(seed)
                .withMirostat(new SamplingOptions.Mirostat(version, tau, 0.1f)), logits.length);
        int draws = 2000;
        double surprise = 0;
        for (int position = 0; position < draws; position++) {
            int token = sampler.sample(logits, 0, position);
            surprise += (Math.log(sum) - logits[token]) / Math.log(2) / draws;
        }
        return surprise;
    }

    @Test
    void theTemperatureFollowsTheModelsUncertainty() {
        var temperature = new Temperature(1, 0.5f, 1);
        var sure = new Candidates(3);
        var unsure = new Candidates(3);
        for (int token = 0; token < 3; token++) {
            sure.offer(token, token * 100);
            unsure.offer(token, 1);
        }
        assertThat(EffectiveTemperature.of(temperature, sure)).isCloseTo(0.5, within(1e-3));
        assertThat(EffectiveTemperature.of(temperature, unsure)).isCloseTo(1.5, within(1e-3));
        assertThat(EffectiveTemperature.of(Temperature.of(0.7f), unsure)).isCloseTo(0.7, within(1e-6));
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
        var sampler = sampler(SamplingOptions.GREEDY, 5);
        assertThat(sampler.sample(new float[]{9, 1, 3, 3, Float.NEGATIVE_INFINITY, 2}, 1, 0)).isEqualTo(1);
    }

    @Test
    void drawsFollowTheProbabilities() {
        float[] probabilities = {0.05f, 0.5f, 0.15f, 0.3f};
        var logits = new float[4];
        for (int i = 0; i < 4; i++) {
            logits[i] = (float) Math.log(probabilities[i]);
        }
        var sampler = sampler(options(1, 0, 1, 0, seed), 4);
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
        var first = sampler(options, logits.length);
        int[] forwards = new int[50];
        for (int position = 0; position < 50; position++) {
            forwards[position] = first.sample(logits, 0, position);
        }
        for (int position = 49; position >= 0; position--) {
            assertThat(sampler(options, logits.length).sample(logits, 0, position))
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
            var sampler = sampler(options(temperature, 3, 0.9f, 0.1f, seed), 4);
            assertThat(sampler.sample(logits, 0, 0)).as("seed %s", seed).isEqualTo(1);
        }
    }

    @Test
    void logitsThatAreNoNumbersAreTheModelsFault() {
        for (SamplingOptions options : new SamplingOptions[]{SamplingOptions.GREEDY, SamplingOptions.DEFAULT}) {
            assertThatThrownBy(
                    () -> sampler(options, 3).sample(new float[]{1, Float.NaN, 2}, 0, 0))
                    .isInstanceOf(ArithmeticException.class).hasMessageContaining("token 1 is not a number");
            var none = new float[]{Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NEGATIVE_INFINITY};
            assertThatThrownBy(() -> sampler(options, 3).sample(none, 0, 0))
                    .isInstanceOf(ArithmeticException.class).hasMessageContaining("-Infinity");
        }
    }

    @Test
    void penaltiesForgetWhatLeftTheirWindow() {
        float[] logits = {2, 1.5f, 1};
        var sampler = sampler(SamplingOptions.GREEDY.withPenalties(new SamplingOptions.Penalties(1, 2, 0, 10)), 3);
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
        var sampler = sampler(everything(seed), 4000);
        int[] all = {};
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        int rounds = 2000;
        long before = 0;
        for (int position = 0; position < 2 * rounds; position++) {
            if (position == rounds) {
                before = threads.getCurrentThreadAllocatedBytes();
            }
            sampler.accept(sampler.sample(logits, 0, position, all));
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
