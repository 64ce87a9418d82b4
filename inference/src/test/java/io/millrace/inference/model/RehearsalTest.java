package io.millrace.inference.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.millrace.inference.LanguageModel;
import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.kernel.Kernels;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class RehearsalTest {
    private final Gguf demo = LanguageModel.demoFile();
    private final LlamaConfig config = LlamaConfig.of(demo.metadata());
    private final Kernels kernels = Kernels.fastest();

    @Test
    void aMiniatureHasTheTypesAndTheHeadsOfItsModel() {
        Miniature miniature = Miniature.of(demo, config, kernels.types()).orElseThrow();
        assertThat(miniature.config().headWidth()).isEqualTo(config.headWidth());
        assertThat(miniature.config().heads() / miniature.config().keyValueHeads()).isEqualTo(config.heads()
                / config.keyValueHeads());
        assertThat(miniature.weights().layers()).hasSize(1).allSatisfy(layer -> assertThat(layer.matrices())
                .allSatisfy(matrix -> assertThat(matrix.type()).isEqualTo(TensorType.Q8_0)));
    }

    @Test
    void whatCannotBeRunIsNotRehearsed() {
        assertThat(Miniature.of(demo, config, Set.of(TensorType.F32))).isEmpty();
        var rehearsal = Rehearsal.start(Optional.empty(), kernels);
        assertThatCode(rehearsal::await).doesNotThrowAnyException();
    }

    /** Heads and their groups, odd ones among them: each matrix must have whole blocks. */
    @ParameterizedTest
    @CsvSource({"32,8,64", "32,32,128", "8,4,8", "15,5,64", "9,3,40"})
    void everyTypeHasAMiniature(int heads, int keyValueHeads, int headWidth) {
        for (TensorType type : kernels.types()) {
            var miniature = Miniature.of(shape(heads, keyValueHeads, headWidth), type);
            assertThat(miniature.config().queryWidth() % type.blockSize()).as(type.name()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"Q4_0", "Q6_K", "F16"})
    void itEndsByItselfAndWhenItIsAskedTo(TensorType type) {
        var miniature = Optional.of(Miniature.of(shape(32, 8, 64), type));
        assertThatCode(Rehearsal.start(miniature, kernels)::await).doesNotThrowAnyException();
        var closed = Rehearsal.start(miniature, kernels);
        closed.close();
        assertThatCode(closed::await).doesNotThrowAnyException();
    }

    private static LlamaConfig shape(int heads, int keyValueHeads, int headWidth) {
        return new LlamaConfig(1, heads * headWidth, 64, heads, keyValueHeads, headWidth, headWidth, 10000, 1, 1e-5f,
                64);
    }
}
