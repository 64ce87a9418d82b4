package io.millrace.inference.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.inference.cache.BlockPool;
import io.millrace.inference.cache.SequenceCache;
import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.gpu.TestDevice;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeviceLogitsTest {
    private static final int VOCABULARY = 5000;
    private static final LlamaConfig CONFIG = new LlamaConfig(1, 8, 8, 1, 1, 8, 8, 10_000, 1, 1e-5f, 64);
    private static final float[] FACTORS = {1, 1, 1, 1};

    private final DeviceScope scope = new DeviceScope(TestDevice.find().open(Set.of(TensorType.F32)));

    @AfterEach
    void close() {
        scope.close();
    }

    /** What comes of rows of which so many candidates are wanted each. */
    private float[][] fetched(float[][] rows, int... wanted) {
        var logits = new DeviceLogits(scope, VOCABULARY, rows.length);
        var batch = new Batch(rows.length);
        var result = new float[rows.length * VOCABULARY];
        try (var pool = new BlockPool(1, 32, 32, 1)) {
            var cache = new SequenceCache(pool);
            cache.reserve(rows.length);
            for (int i = 0; i < rows.length; i++) {
                batch.add(0, i, cache);
                batch.wantCandidates(wanted[i]);
                MemorySegment row = scope.host().allocateFrom(ValueLayout.JAVA_FLOAT, rows[i]);
                scope.context().upload(row, logits.memory(), (long) i * VOCABULARY * Float.BYTES);
            }
            var inputs = new StepInputs(scope, CONFIG);
            inputs.fill(batch, new RotaryPositions(CONFIG, FACTORS, rows.length));
            logits.choose(inputs);
            logits.fetch(batch, inputs, result);
            cache.free();
        }
        return IntStream.range(0, rows.length)
                .mapToObj(i -> there(Arrays.copyOfRange(result, i * VOCABULARY, (i + 1) * VOCABULARY), batch.chosen(i)))
                .toArray(float[][]::new);
    }

    /** A row with negative infinity where there is no logit. */
    private static float[] there(float[] row, int... chosen) {
        if (chosen.length == 0) {
            return row;
        }
        var there = new float[row.length];
        Arrays.fill(there, Float.NEGATIVE_INFINITY);
        for (int token : chosen) {
            there[token] = row[token];
        }
        return there;
    }

    private static float[] random(Random random, int distinct) {
        var row = new float[VOCABULARY];
        for (int i = 0; i < row.length; i++) {
            row[i] = (random.nextInt(2 * distinct) - distinct) / 7f;
        }
        return row;
    }

    private static List<Integer> present(float... row) {
        return IntStream.range(0, row.length).filter(token -> row[token] != Float.NEGATIVE_INFINITY).boxed().toList();
    }

    @Test
    void theGreatestAreThere() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        int[] wanted = {1, 40, 0, 2, 256, 1};
        float[][] rows = IntStream.range(0, wanted.length).mapToObj(_ -> random(random, 100_000))
                .toArray(float[][]::new);
        float[][] fetched = fetched(rows, wanted);
        for (int i = 0; i < rows.length; i++) {
            float[] row = rows[i];
            List<Integer> best = IntStream.range(0, VOCABULARY).boxed()
                    .sorted(Comparator.comparingDouble((Integer token) -> -row[token])).limit(wanted[i]).toList();
            if (wanted[i] == 0) {
                assertThat(fetched[i]).isEqualTo(row);
            } else {
                assertThat(present(fetched[i])).as("seed %d, row %d", seed, i).containsAll(best)
                        .hasSizeLessThan(wanted[i] + 20);
                for (int token : present(fetched[i])) {
                    assertThat(fetched[i][token]).isEqualTo(row[token]);
                }
            }
        }
    }

    @Test
    void ofEqualsTheFirstIsTheMostLikelyAndAllAreCandidates() {
        var row = new float[VOCABULARY];
        Arrays.fill(row, -3);
        row[4711] = 2;
        row[17] = 2;
        row[4000] = 2;
        float[][] fetched = fetched(new float[][]{row, row, row}, 1, 2, 4);
        assertThat(present(fetched[0])).containsExactly(17);
        assertThat(present(fetched[1])).containsExactly(17, 4000, 4711);
        assertThat(fetched[2]).isEqualTo(row);
    }

    @Test
    void whatIsNotANumberIsNotHidden() {
        var row = random(new Random(1), 1000);
        row[333] = Float.NaN;
        float[][] fetched = fetched(new float[][]{row, row}, 1, 3);
        assertThat(fetched[0][333]).isNaN();
        assertThat(fetched[1][333]).isNaN();
    }
}
