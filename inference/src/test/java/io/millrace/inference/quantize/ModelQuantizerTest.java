package io.millrace.inference.quantize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.inference.LanguageModel;
import io.millrace.inference.SharedData;
import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.gguf.GgufBuilder;
import io.millrace.inference.gguf.GgufException;
import io.millrace.inference.gguf.ImportanceMatrix;
import io.millrace.inference.gguf.Tensor;
import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.model.SyntheticModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
            "Q4_K_M", "Q5_K_M", "IQ3_XS", "IQ3_M", "IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "IQ2_M"})
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
            "IQ3_XS, blk.0.ffn_gate.weight, IQ3_S", "TQ2_0, token_embd.weight, Q4_K",
            "IQ1_S, blk.9.attn_output.weight, IQ2_XXS", "IQ1_M, blk.9.ffn_up.weight, IQ1_M",
            "IQ1_M, output.weight, Q5_K", "IQ2_XXS, token_embd.weight, Q2_K", "IQ2_XXS, blk.9.attn_v.weight, Q4_K",
            "IQ2_XXS, blk.3.ffn_down.weight, Q2_K", "IQ2_XS, blk.9.attn_output.weight, IQ2_XS",
            "IQ2_S, blk.9.ffn_down.weight, IQ2_XS", "IQ2_S, token_embd.weight, IQ3_S",
            "IQ2_M, blk.9.attn_output.weight, IQ3_S", "IQ2_M, blk.9.attn_q.weight, IQ2_S",
            "IQ3_XXS, blk.9.attn_q.weight, IQ2_S", "IQ3_XXS, blk.9.attn_output.weight, IQ3_S"})
    void recipesSpendMoreBitsWhereTheReferenceDoes(QuantizationRecipe recipe, String name, TensorType type) {
        assertThat(recipe.typeOf(MatrixPlace.of(name, true, 32, 4))).isEqualTo(type);
    }

    @Test
    void whatIsBothEmbeddingAndOutputCountsAsOutput() {
        assertThat(QuantizationRecipe.Q4_K_M.typeOf(MatrixPlace.of("token_embd.weight", false, 4, 1)))
                .isEqualTo(TensorType.Q6_K);
    }

    @ParameterizedTest
    @CsvSource({"Q4_K, 256, Q4_K", "Q4_K, 96, Q5_0", "Q6_K, 96, Q8_0", "IQ3_S, 96, IQ4_NL", "IQ1_M, 96, IQ4_NL",
            "Q3_K, 96, IQ4_NL", "TQ1_0, 96, Q4_0", "Q2_K, 40, F16",
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
    void whatNeedsAnImportanceThatIsNotThereIsRefusedAndNamed() {
        Path file = folder.resolve("out.gguf");
        Gguf model = SyntheticModel.build();
        assertThatThrownBy(() -> new ModelQuantizer(QuantizationRecipe.IQ3_XXS, false).write(model, file, _ -> {}))
                .isInstanceOf(GgufException.class).hasMessageContaining("IQ3_XXS has blk.0.attn_q.weight in IQ2_S")
                .hasMessageContaining("--imatrix").hasMessageContaining("--uniform-importance");
        var other = new ImportanceMatrix("some.imatrix", Map.of("blk.0.attn_q.weight", new float[256]));
        assertThatThrownBy(() -> new ModelQuantizer(QuantizationRecipe.IQ2_XXS, true, other, false).write(model, file,
                _ -> {})).hasMessageContaining("token_embd.weight").hasMessageContaining("is not in some.imatrix");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void anImportanceMatrixOfAnotherModelOrOfNoUseIsRefused() {
        Path file = folder.resolve("out.gguf");
        Gguf model = SyntheticModel.build();
        var narrow = new ImportanceMatrix("some.imatrix", Map.of("blk.0.attn_q.weight", new float[128]));
        assertThatThrownBy(() -> new ModelQuantizer(QuantizationRecipe.IQ2_XXS, false, narrow, true).write(model, file,
                _ -> {})).hasMessageContaining("some.imatrix: has 128 columns for blk.0.attn_q.weight, which has 256");
        var useless = new ImportanceMatrix("some.imatrix", Map.of("blk.0.attn_q.weight", new float[256]));
        assertThatThrownBy(() -> new ModelQuantizer(QuantizationRecipe.Q4_K_M, false, useless, false).write(model, file,
                _ -> {})).hasMessageContaining("some.imatrix: is of no use for Q4_K_M");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void anImportanceMatrixCountsForTheTensorsThatItNames() {
        var importance = new float[256];
        for (int i = 0; i < importance.length; i++) {
            importance[i] = 1 + i % 5;
        }
        var matrix = new ImportanceMatrix("some.imatrix", Map.of("blk.0.attn_q.weight", importance));
        Path uniform = folder.resolve("uniform.gguf");
        Path weighed = folder.resolve("weighed.gguf");
        Gguf model = SyntheticModel.build();
        new ModelQuantizer(QuantizationRecipe.IQ2_XXS, false, ImportanceMatrix.none(), true).write(model, uniform,
                _ -> {});
        new ModelQuantizer(QuantizationRecipe.IQ2_XXS, false, matrix, true).write(model, weighed, _ -> {});
        try (Gguf one = Gguf.open(uniform); Gguf other = Gguf.open(weighed)) {
            assertThat(one.tensor("blk.0.attn_q.weight").type()).isEqualTo(TensorType.IQ2_XXS);
            for (Tensor tensor : one.tensors()) {
                boolean isSame = tensor.data().mismatch(other.tensor(tensor.name()).data()) < 0;
                assertThat(isSame).as(tensor.name()).isNotEqualTo(tensor.name().equals("blk.0.attn_q.weight"));
            }
        }
    }
}
