package io.millrace.inference.cache;

import static io.millrace.inference.cache.BlockPool.BLOCK_TOKENS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PrefixReuseTest {
    private static final int LIMIT = 6;

    private final BlockPool pool = new BlockPool(1, Float.BYTES, Float.BYTES, LIMIT);

    /** So many tokens, counted from {@code first}. */
    private static List<Integer> text(int first, int count) {
        return IntStream.range(first, first + count).boxed().toList();
    }

    private static List<Integer> joined(List<Integer> start, List<Integer> end) {
        var all = new ArrayList<>(start);
        all.addAll(end);
        return all;
    }

    private SequenceCache computed(List<Integer> text) {
        var tokens = new TokenSequence(text);
        var cache = new SequenceCache(pool);
        cache.adopt(tokens);
        cache.reserve(tokens.size());
        cache.publish(tokens, tokens.size());
        return cache;
    }

    private int found(List<Integer> text) {
        var cache = new SequenceCache(pool);
        try {
            return cache.adopt(new TokenSequence(text));
        } finally {
            cache.free();
        }
    }

    @Test
    void wholeBlocksOfAKnownBeginningAreFoundButNeverTheLastToken() {
        computed(text(0, 2 * BLOCK_TOKENS + 5)).free();
        assertThat(found(text(0, 2 * BLOCK_TOKENS + 5))).isEqualTo(2 * BLOCK_TOKENS);
        assertThat(found(text(0, 2 * BLOCK_TOKENS))).isEqualTo(BLOCK_TOKENS);
        assertThat(found(text(0, BLOCK_TOKENS))).isZero();
        assertThat(found(joined(text(0, BLOCK_TOKENS + 1), text(500, 100)))).isEqualTo(BLOCK_TOKENS);
        assertThat(found(text(1, 3 * BLOCK_TOKENS))).isZero();
    }

    /** The hash of a run is that of lists: (1, 0) and (0, 31) have the same. */
    @Test
    void tokensAreComparedAndNotTheirHashes() {
        List<Integer> rest = text(100, BLOCK_TOKENS);
        List<Integer> text = joined(List.of(1, 0), rest);
        List<Integer> twin = joined(List.of(0, 31), rest);
        assertThat(text).hasSameHashCodeAs(twin);
        computed(text).free();
        assertThat(found(text)).isEqualTo(BLOCK_TOKENS);
        assertThat(found(twin)).isZero();
    }

    @Test
    void equalTokensBehindDifferentOnesAreDifferent() {
        computed(joined(text(0, BLOCK_TOKENS), text(500, BLOCK_TOKENS + 1))).free();
        assertThat(found(joined(text(1, BLOCK_TOKENS), text(500, BLOCK_TOKENS + 1)))).isZero();
        assertThat(found(text(500, 2 * BLOCK_TOKENS))).isZero();
    }

    @Test
    void sharedBlocksAreOneMemoryAndStayUntilTheLastUserIsGone() {
        List<Integer> text = text(0, 2 * BLOCK_TOKENS + 1);
        SequenceCache first = computed(text);
        SequenceCache second = computed(text);
        assertThat(pool.used()).isEqualTo(4);
        assertThat(second.block(0)).isSameAs(first.block(0));
        assertThat(second.block(2 * BLOCK_TOKENS)).isNotSameAs(first.block(2 * BLOCK_TOKENS));
        first.free();
        assertThat(pool.used()).isEqualTo(3);
        second.free();
        assertThat(pool.used()).isZero();
        assertThat(pool.idle()).isEqualTo(2);
        assertThat(pool.available()).isEqualTo(LIMIT);
    }

    @Test
    void whatTwoComputeAtTheSameTimeIsKeptOnce() {
        var tokens = new TokenSequence(text(0, BLOCK_TOKENS + 1));
        var first = new SequenceCache(pool);
        var second = new SequenceCache(pool);
        first.reserve(tokens.size());
        second.reserve(tokens.size());
        first.publish(tokens, tokens.size());
        second.publish(tokens, tokens.size());
        assertThat(second.block(0)).isSameAs(first.block(0));
        assertThat(pool.used()).isEqualTo(3);
    }

    @Test
    void theLongestUnusedIsEvictedFirstAndEndsBeforeBeginnings() {
        List<Integer> old = text(0, 2 * BLOCK_TOKENS + 1);
        List<Integer> recent = text(1000, 2 * BLOCK_TOKENS + 1);
        computed(old).free();
        computed(recent).free();
        computed(text(2000, 3 * BLOCK_TOKENS)).free();
        assertThat(pool.evictions()).isEqualTo(1);
        assertThat(found(old)).isEqualTo(BLOCK_TOKENS);
        assertThat(found(recent)).isEqualTo(2 * BLOCK_TOKENS);
    }

    @Test
    void whatASequenceMissesIsCountedBeforeItIsTaken() {
        List<Integer> text = text(0, 2 * BLOCK_TOKENS + 1);
        var tokens = new TokenSequence(text);
        var waiting = new SequenceCache(pool);
        assertThat(waiting.missing(tokens, tokens.size())).isEqualTo(3);
        SequenceCache running = computed(text);
        assertThat(waiting.missing(tokens, tokens.size())).isEqualTo(1);
        running.free();
        assertThat(waiting.missing(tokens, tokens.size())).as("idle blocks are available, and no more once used")
                .isEqualTo(3);
    }

    /** Sequences of a few words in every order, so that they share, diverge and evict. */
    @Test
    void whateverHappensBlocksAreNeitherLostNorUsedTwice() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        List<SequenceCache> live = new ArrayList<>();
        for (int round = 0; round < 5000; round++) {
            if (random.nextBoolean() && !live.isEmpty()) {
                live.remove(random.nextInt(live.size())).free();
            } else {
                begin(random, live);
            }
            assertThat(pool.used()).as("seed %s", seed)
                    .isLessThanOrEqualTo(live.stream().mapToInt(cache -> cache.isEmpty() ? 0 : LIMIT).sum());
            assertThat(pool.available() + pool.used()).as("seed %s", seed).isEqualTo(LIMIT);
        }
        live.forEach(SequenceCache::free);
        assertThat(pool.used()).as("seed %s", seed).isZero();
        assertThat(pool.evictions()).as("seed %s", seed).isPositive();
    }

    private void begin(Random random, List<SequenceCache> live) {
        List<Integer> text = new ArrayList<>();
        for (int i = random.nextInt(4); i >= 0; i--) {
            text.addAll(Collections.nCopies(BLOCK_TOKENS, random.nextInt(3)));
        }
        var tokens = new TokenSequence(text);
        var cache = new SequenceCache(pool);
        int missing = cache.missing(tokens, tokens.size());
        if (missing > pool.available()) {
            return;
        }
        int before = pool.available();
        cache.adopt(tokens);
        assertThat(cache.tryReserve(tokens.size())).isTrue();
        assertThat(before - pool.available()).isEqualTo(missing);
        cache.publish(tokens, tokens.size());
        live.add(cache);
    }
}
