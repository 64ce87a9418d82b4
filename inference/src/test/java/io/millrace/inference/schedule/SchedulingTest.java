package io.millrace.inference.schedule;

import static java.util.Comparator.comparing;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.inference.cache.BlockPool;
import io.millrace.inference.schedule.StepPlan.Share;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Plan, admission and preemption together, with works that compute nothing. */
class SchedulingTest {
    private static final int CONTEXT_BLOCKS = 6;
    private static final int PLACES = 5;
    private static final int BUDGET = 64;
    private static final int BESIDE_DECODING = 16;
    private static final int STEPS_A_SECOND = 10;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final int limit = CONTEXT_BLOCKS + random.nextInt(2 * CONTEXT_BLOCKS);
    private final Work.Memory memory = new Work.Memory(limit);
    private final List<Work> waiting = new ArrayList<>();
    private final List<Work> running = new ArrayList<>();
    private int step;
    private int preemptions;

    private Work arrive(int priority, int promptTokens, int answerTokens) {
        Instant now = Instant.EPOCH.plusMillis(step * 1000L / STEPS_A_SECOND);
        Optional<Instant> deadline = random.nextInt(4) == 0
                ? Optional.of(now.plusSeconds(random.nextInt(100)))
                : Optional.empty();
        var work = new Work(new Precedence(priority, now, deadline, step * 100L + waiting.size()), promptTokens,
                answerTokens, memory);
        waiting.add(work);
        return work;
    }

    private void arriveAtRandom() {
        int context = CONTEXT_BLOCKS * BlockPool.BLOCK_TOKENS;
        int prompt = 1 + random.nextInt(context - 1);
        arrive(random.nextInt(10), prompt, 1 + random.nextInt(context - prompt));
    }

    /** What the engine does. */
    private List<Share<Work>> step() {
        step++;
        for (var next = Admission.next(waiting, running, PLACES, memory.available); next
                .isPresent(); next = Admission.next(waiting, running, PLACES, memory.available)) {
            waiting.remove(next.get());
            running.add(next.get());
        }
        StepPlan<Work> plan = StepPlan.of(running, BUDGET, BESIDE_DECODING);
        Set<Work> preempted = new HashSet<>();
        List<Share<Work>> shares = Preemption.makeRoom(plan, running, work -> {
            assertThat(preempted.add(work)).as("seed %s", seed).isTrue();
            work.free();
            running.remove(work);
            waiting.add(work);
            preemptions++;
        });
        for (Share<Work> share : shares) {
            share.generation().compute(share.tokens());
            if (share.generation().isDone()) {
                share.generation().free();
                running.remove(share.generation());
            }
        }
        return shares;
    }

    @RepeatedTest(50)
    void theFirstAlwaysAdvancesAndMemoryIsNeverOverspent() {
        for (int i = 0; i < 400; i++) {
            if (i < 200 && random.nextInt(3) == 0) {
                arriveAtRandom();
            }
            running.forEach(work -> work.demand = random.nextInt(10) > 0);
            waiting.forEach(work -> work.demand = random.nextInt(10) > 0);
            List<Share<Work>> shares = step();
            assertThat(shares.stream().mapToInt(Share::tokens).sum()).as("seed %s", seed).isLessThanOrEqualTo(BUDGET);
            assertThat(memory.available).as("seed %s", seed).isNotNegative();
            assertThat(running).as("seed %s", seed).hasSizeLessThanOrEqualTo(PLACES);
            assertThat(running.stream().mapToInt(work -> work.blocks).sum() + memory.available).as("seed %s", seed)
                    .isEqualTo(limit);
            running.stream().filter(Work::hasDemand).min(comparing(Work::precedence)).ifPresent(
                    first -> assertThat(shares).as("seed %s, %s", seed, first).isNotEmpty());
        }
    }

    @RepeatedTest(50)
    void allEndHoweverLittleMemoryThereIs() {
        for (int i = 0; i < 30; i++) {
            arriveAtRandom();
        }
        while (!waiting.isEmpty() || !running.isEmpty()) {
            Optional<Work> first = running.stream().min(comparing(Work::precedence));
            int before = first.map(work -> work.known + work.computed).orElse(0);
            List<Share<Work>> shares = step();
            assertThat(shares).as("seed %s, %s waiting, %s", seed, waiting.size(), running).isNotEmpty();
            first.filter(running::contains).filter(work -> running.stream().allMatch(
                    other -> work.precedence.compareTo(other.precedence) <= 0))
                    .ifPresent(work -> assertThat(work.known + work.computed).as("seed %s", seed)
                            .isGreaterThan(before));
            assertThat(step).as("seed %s", seed).isLessThan(100_000);
        }
        assertThat(memory.available).as("seed %s", seed).isEqualTo(limit);
    }

    @Test
    void aFloodOfHigherPrioritiesDoesNotStarveTheLowest() {
        Work low = arrive(0, 40, 20);
        int latest = (int) (10 * Precedence.AGING.toSeconds()) * STEPS_A_SECOND;
        while (!low.isDone()) {
            // more than there is room for
            while (waiting.size() < 2 * PLACES) {
                arrive(9, 30, 30);
            }
            step();
            assertThat(step).as("seed %s", seed).isLessThan(2 * latest);
        }
    }

    @Test
    void withMemoryForAllNobodyIsPreempted() {
        memory.available = PLACES * CONTEXT_BLOCKS;
        for (int i = 0; i < 50; i++) {
            arriveAtRandom();
        }
        while (!waiting.isEmpty() || !running.isEmpty()) {
            step();
        }
        assertThat(preemptions).isZero();
    }
}
