package io.millrace.compose.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.compose.UserException;
import io.millrace.compose.cli.CacheBudget.Choice;
import io.millrace.inference.ModelMemory;
import io.millrace.inference.bench.LlamaShape;
import io.millrace.inference.gguf.TensorType;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Of Llama 3.1 8B in Q8_0 on a machine of 24 GiB, 16 sequences at a time. */
class CacheBudgetTest {
    private static final long MACHINE = 24L << 30;
    private static final long WEIGHTS = 8_540_000_000L;
    private static final int SEQUENCES = 16;
    private static final int LONGEST_DEFAULT = 8192;

    private static CacheBudget budget(TensorType cacheType) {
        LlamaShape shape = LlamaShape.parse("8b");
        int keyValueWidth = shape.width() / shape.heads() * shape.keyValueHeads();
        long bytesAPosition = 2L * shape.layers() * keyValueWidth / cacheType.blockSize() * cacheType.blockBytes();
        return new CacheBudget(131_072, new ModelMemory(WEIGHTS, bytesAPosition), SEQUENCES, MACHINE);
    }

    @Test
    void sixteenSequencesOfFourThousandTokensFitInHalfPrecision() {
        assertThat(budget(TensorType.F16).choose(4096, 0, LONGEST_DEFAULT))
                .isEqualTo(new Choice(4096, OptionalInt.empty()));
    }

    @Test
    void sequencesShareTheMemoryThatIsThere() {
        Choice choice = budget(TensorType.F32).choose(0, 0, LONGEST_DEFAULT);
        assertThat(choice.contextLength()).isEqualTo(LONGEST_DEFAULT);
        assertThat(choice.cacheTokens().getAsInt()).isBetween(4 * LONGEST_DEFAULT, 8 * LONGEST_DEFAULT);
        long cache = budget(TensorType.F32).memory().cacheBytes(choice.cacheTokens().getAsInt(), 1);
        assertThat(cache + WEIGHTS).isLessThan(MACHINE);
    }

    @Test
    void whatIsAskedForIsTaken() {
        assertThat(budget(TensorType.F16).choose(4096, 10_000, LONGEST_DEFAULT))
                .isEqualTo(new Choice(4096, OptionalInt.of(10_000)));
        assertThat(budget(TensorType.F16).choose(0, 1000, LONGEST_DEFAULT))
                .isEqualTo(new Choice(1000, OptionalInt.of(1000)));
        assertThat(budget(TensorType.F16).choose(150_000, 0, LONGEST_DEFAULT).contextLength()).isEqualTo(150_000);
    }

    @Test
    void whatCannotFitIsRefusedWithTheRemedy() {
        assertThatThrownBy(() -> budget(TensorType.F32).choose(200_000, 0, LONGEST_DEFAULT))
                .isInstanceOf(UserException.class).hasMessageContainingAll("--ctx-size 200000 needs", "24.0 GiB",
                        "take at most", "q8_0");
        assertThatThrownBy(() -> budget(TensorType.F32).choose(0, 200_000, LONGEST_DEFAULT))
                .isInstanceOf(UserException.class).hasMessageContaining("--max-total-tokens 200000 needs");
        assertThatThrownBy(() -> budget(TensorType.F16).choose(4096, 4095, LONGEST_DEFAULT))
                .isInstanceOf(UserException.class)
                .hasMessage("--max-total-tokens must hold at least one context of --ctx-size, 4096 tokens, not 4095");
    }
}
