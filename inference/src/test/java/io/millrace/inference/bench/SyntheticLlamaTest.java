package io.millrace.inference.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.inference.Engine;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.LanguageModel;
import io.millrace.inference.gguf.TensorType;
import java.nio.file.Path;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SyntheticLlamaTest {
    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(value = TensorType.class, names = {"F16", "Q4_0", "Q4_K", "Q6_K"})
    void aModelOfAnyTypeIsWrittenAndMeasured(TensorType type) throws Exception {
        Path file = folder.resolve("tiny.gguf");
        LlamaShape shape = LlamaShape.parse("tiny");
        var synthetic = new SyntheticLlama(shape, type, 1);
        var written = new ArrayList<String>();
        synthetic.write(file, written::add);
        assertThat(file).hasSize(synthetic.size());
        assertThat(written).hasSize(synthetic.matrices());
        try (LanguageModel model = LanguageModel.load(file);
                Engine engine = Engine.start(model,
                        EngineOptions.defaults(model).withContextLength(64).withThreads(2))) {
            assertThat(model.tokenizer().vocabulary().size()).isEqualTo(shape.vocabulary());
            var bench = new EngineBench(model, engine);
            assertThat(bench.prefill(32)).isPositive();
            assertThat(bench.decode(3, 8)).isPositive();
        }
    }

    @Test
    void namesStandForTheShapesOfLlama() {
        assertThat(LlamaShape.parse("8b")).isEqualTo(LlamaShape.parse("32x4096x14336x32x8x128256"));
        assertThat(LlamaShape.parse("1b").hasOutput()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"9b", "", "1x2", "0x256x256x8x2x1024", "1x100x256x8x2x1024", "1x256x256x7x2x1024",
            "1x256x256x8x3x1024", "1x256x256x8x2x10"})
    void whatIsNoShapeIsRefused(String text) {
        assertThatThrownBy(() -> LlamaShape.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aTypeThatCannotBeWrittenIsRefused() {
        assertThatThrownBy(() -> new SyntheticLlama(LlamaShape.parse("tiny"), TensorType.MXFP4, 1))
                .hasMessageContaining("MXFP4 cannot be written");
    }
}
