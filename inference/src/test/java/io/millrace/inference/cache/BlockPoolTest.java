package io.millrace.inference.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class BlockPoolTest {
    private static final int LAYERS = 2;
    private static final int WIDTH = 3;

    private final BlockPool pool = new BlockPool(LAYERS, (long) WIDTH * Float.BYTES, (long) WIDTH * Float.BYTES, 3);

    @Test
    void blocksAreTakenWhenPositionsNeedThemAndGivenBackWhole() {
        var sequence = new SequenceCache(pool);
        assertThat(pool.bytes()).isZero();
        sequence.reserve(1);
        sequence.reserve(BlockPool.BLOCK_TOKENS);
        assertThat(pool.used()).isEqualTo(1);
        sequence.reserve(BlockPool.BLOCK_TOKENS + 1);
        assertThat(pool.used()).isEqualTo(2);
        assertThat(pool.available()).isEqualTo(1);
        sequence.free();
        assertThat(pool.used()).isZero();
        assertThat(pool.available()).isEqualTo(3);
    }

    @Test
    void freedBlocksAreUsedAgainBeforeNewOnesAreMade() {
        for (int round = 0; round < 100; round++) {
            var sequence = new SequenceCache(pool);
            sequence.reserve(2 * BlockPool.BLOCK_TOKENS);
            sequence.free();
        }
        assertThat(pool.bytes()).isEqualTo(2L * LAYERS * 2 * BlockPool.BLOCK_TOKENS * WIDTH * Float.BYTES);
    }

    @Test
    void moreThanTheLimitIsRefusedAndWhatWasTakenCanBeGivenBack() {
        var first = new SequenceCache(pool);
        var second = new SequenceCache(pool);
        first.reserve(2 * BlockPool.BLOCK_TOKENS);
        assertThatThrownBy(() -> second.reserve(2 * BlockPool.BLOCK_TOKENS)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("all 3 key-value blocks are in use");
        second.free();
        assertThat(pool.used()).isEqualTo(2);
    }

    @Test
    void keysAndValuesOfEveryLayerHaveAPlaceOfTheirOwnInABlock() {
        var sequence = new SequenceCache(pool);
        sequence.reserve(1);
        long layerBytes = (long) BlockPool.BLOCK_TOKENS * WIDTH * Float.BYTES;
        Set<Long> places = new TreeSet<>();
        for (int layer = 0; layer < LAYERS; layer++) {
            places.add(sequence.keyOffset(layer));
            places.add(sequence.valueOffset(layer));
        }
        assertThat(places).containsExactlyElementsOf(
                LongStream.range(0, 2 * LAYERS).map(i -> i * layerBytes).boxed().toList());
        assertThat(sequence.block(0).byteSize()).isEqualTo(2 * LAYERS * layerBytes);
    }
}
