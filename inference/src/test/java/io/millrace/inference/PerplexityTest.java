package io.millrace.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.millrace.inference.gguf.TensorType;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PerplexityTest {
    @Test
    void itIsTheReferences() throws IOException {
        itIsTheReferences(128, 4.0638, 0.06325, TensorType.F32);
    }

    @Tag("long")
    @ParameterizedTest
    @CsvSource({"256, 3.8975, 0.05986, F32", "256, 3.8975, 0.05986, F16"})
    void itIsTheReferencesInLongerContexts(int context, double expected, double error, TensorType cacheType)
            throws IOException {
        itIsTheReferences(context, expected, error, cacheType);
    }

    /** 0.2 % is what single-precision sums in another order may differ by. Half-precision keys and values cost no more than that. */
    private static void itIsTheReferences(int context, double expected, double error, TensorType cacheType)
            throws IOException {
        try (LanguageModel model = LanguageModel.load(SharedData.model("stories260K.gguf"));
                var evaluator = new Evaluator(model, EngineOptions.defaults(model).withContextLength(context)
                        .withThreads(2).withCacheTypes(cacheType, cacheType))) {
            int[] tokens = model.encode(Files.readString(SharedData.corpus("tinystories-valid.txt")));
            List<Integer> progress = new ArrayList<>();
            Perplexity perplexity = Perplexity.of(evaluator, tokens, context, progress::add);
            assertThat(perplexity.value()).isCloseTo(expected, within(0.002 * expected));
            assertThat(perplexity.error()).isCloseTo(error, within(0.01 * error));
            assertThat(progress).hasSize(Perplexity.chunks(tokens.length, context)).isSorted();
        }
    }

    @Test
    void aTextThatCannotBeMeasuredIsRefused() {
        try (LanguageModel model = LanguageModel.demo();
                var evaluator = new Evaluator(model, EngineOptions.defaults(model).withContextLength(16))) {
            assertThatThrownBy(() -> Perplexity.of(evaluator, new int[10], 16, _ -> {}))
                    .hasMessageContaining("10 tokens, less than one context of 16");
            assertThatThrownBy(() -> Perplexity.of(evaluator, new int[10], 3, _ -> {}))
                    .hasMessageContaining("4 or more");
            assertThatThrownBy(() -> evaluator.run(new int[]{1, -1}, _ -> true, _ -> {}))
                    .hasMessageContaining("no token -1");
            assertThatThrownBy(() -> evaluator.run(new int[17], _ -> true, _ -> {})).hasMessageContaining("17 tokens");
        }
    }
}
