package io.millrace.inference.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.inference.LanguageModel;
import io.millrace.inference.SharedData;
import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.gguf.GgufBuilder;
import io.millrace.inference.gguf.GgufException;
import io.millrace.inference.gguf.Tensor;
import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.model.SyntheticModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ModelQuantizerTest {
    @TempDir
    Path folder;

    /** Every tensor of every file that the reference's tool made of the synthetic model. */
    @ParameterizedTest
    @EnumSource(value = QuantizationRecipe.class, mode = EnumSource.Mode.EXCLUDE, names = {"F32", "Q3_K_M", "Q3_K_L",
            "Q4_K_M", "Q5_K_M", "IQ3_XS", "IQ3_M"})
    void pureFilesHaveTheReferencesTensors(QuantizationRecipe recipe) {
        Path file = folder.resolve("pure.gguf");
        new ModelQuantizer(recipe, true).write(SyntheticModel.build(), file, _ -> {});
        try (Gguf reference = Gguf.open(SharedData.model("quants/synthetic-" + recipe + ".gguf"));
                Gguf actual = Gguf.open(file)) {
            for (Tensor tensor : reference.tensors()) {
                assertThat(actual.tensor(tensor.name()).type()).as(tensor.name()).isEqualTo(tensor.type());
                assertThat(actual.tensor(tensor.name()).data().mismatch(tensor.data())).as(tensor.name())
                        .isEqualTo(-1);
            }
            assertThat(actual.metadata().count("general.file_type")).isEqualTo(recipe.fileType());
        }
    }

    /** llama.cpp's rules for a model of 32 layers with grouped queries, and for one of 4 without. */
    @ParameterizedTest
    @CsvSource({"Q4_K_M, blk.0.attn_v.weight, Q6_K", "Q4_K_M, blk.5.attn_v.weight, Q4_K",
            "Q4_K_M, blk.6.ffn_down.weight, Q6_K", "Q4_K_M, blk.31.ffn_down.weight, Q6_K",
            "Q4_K_M, blk.0.ffn_up.weight, Q4_K", "Q4_K_M, output.weight, Q6_K", "Q4_K_M, token_embd.weight, Q4_K",
            "Q4_K_S, blk.3.attn_v.weight, Q5_K", "Q4_K_S, blk.4.attn_v.weight, Q4_K",
            "Q3_K_M, blk.1.ffn_down.weight, Q5_K", "Q3_K_M, blk.2.ffn_down.weight, Q4_K",
            "Q3_K_L, blk.9.attn_output.weight, Q5_K", "Q2_K, blk.9.attn_v.weight, Q4_K",
            "Q2_K, blk.9.attn_q.weight, Q2_K", "Q8_0, output.weight, Q8_0", "F16, output.weight, F16",
            "IQ4_XS, blk.9.attn_v.weight, Q5_K", "IQ3_XS, blk.9.ffn_gate.weight, IQ3_XXS",
            "IQ3_XS, blk.0.ffn_gate.weight, IQ3_S", "TQ2_0, token_embd.weight, Q4_K"})
    void recipesSpendMoreBitsWhereTheReferenceDoes(QuantizationRecipe recipe, String name, TensorType type) {
        assertThat(recipe.typeOf(MatrixPlace.of(name, true, 32, 4))).isEqualTo(type);
    }

    @Test
    void whatIsBothEmbeddingAndOutputCountsAsOutput() {
        assertThat(QuantizationRecipe.Q4_K_M.typeOf(MatrixPlace.of("token_embd.weight", false, 4, 1)))
                .isEqualTo(TensorType.Q6_K);
    }

    @ParameterizedTest
    @CsvSource({"Q4_K, 256, Q4_K", "Q4_K, 96, Q5_0", "Q6_K, 96, Q8_0", "IQ3_S, 96, IQ4_NL", "Q2_K, 40, F16",
            "Q8_0, 40, F16"})
    void rowsThatATypesBlocksDoNotFillGetAnother(TensorType wanted, int columns, TensorType type) {
        assertThat(QuantizationRecipe.fitting(wanted, columns)).isEqualTo(type);
    }

    @Test
    void aQuantisedModelRuns() {
        Path file = folder.resolve("demo-Q4_K_M.gguf");
        List<String> progress = new ArrayList<>();
        try (Gguf demo = LanguageModel.demoFile()) {
            new ModelQuantizer(QuantizationRecipe.Q4_K_M, false).write(demo, file,
                    tensor -> progress.add(tensor.name()));
            assertThat(progress).hasSameSizeAs(demo.tensors());
        }
        try (LanguageModel model = LanguageModel.load(file)) {
            assertThat(model.encode("Once upon a time")).isNotEmpty();
        }
    }

    @Test
    void aWeightThatCannotBeStoredIsNamedAndNoFileIsLeft() throws Exception {
        var weights = new float[64];
        weights[40] = Float.NaN;
        Gguf model = new GgufBuilder().string("general.architecture", "llama").tensor("output.weight", weights, 32, 2)
                .open();
        Path file = folder.resolve("broken.gguf");
        assertThatThrownBy(() -> new ModelQuantizer(QuantizationRecipe.Q8_0, false).write(model, file, _ -> {}))
                .isInstanceOf(GgufException.class).hasMessageContaining("output.weight").hasMessageContaining("NaN");
        try (var left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void aRecipeThatNeedsAnImportanceMatrixIsRefused() {
        assertThatThrownBy(() -> new ModelQuantizer(QuantizationRecipe.IQ3_XXS, false))
                .hasMessageContaining("importance matrix").hasMessageContaining("--pure");
    }
}
