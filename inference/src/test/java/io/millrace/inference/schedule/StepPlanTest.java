package io.millrace.inference.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.inference.schedule.StepPlan.Share;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StepPlanTest {
    private static final int BESIDE_DECODING = 4;

    private static Work decoding(int number) {
        return new Work(number, 5, 1, 10);
    }

    private static Work prompt(int number, int tokens) {
        return new Work(number, 5, tokens, 1);
    }

    private static List<Share<Work>> shares(int budget, Work... running) {
        return StepPlan.of(List.of(running), budget, BESIDE_DECODING).shares();
    }

    @Test
    void runningStreamsGoOnAndAreNotHeldUpByMuchOfAPrompt() {
        Work prompt = prompt(1, 1000);
        Work stream = decoding(2);
        assertThat(shares(10, prompt, stream)).containsExactly(new Share<>(stream, 1),
                new Share<>(prompt, BESIDE_DECODING));
        assertThat(shares(3, prompt, stream)).containsExactly(new Share<>(stream, 1), new Share<>(prompt, 2));
        stream.demand = false;
        assertThat(shares(10, prompt, stream)).containsExactly(new Share<>(prompt, 10));
    }

    @Test
    void promptsShareWhatIsLeftByPrecedence() {
        Work first = prompt(1, 6);
        Work second = prompt(2, 6);
        var urgent = new Work(3, 9, 6, 1);
        assertThat(shares(14, first, second, urgent)).containsExactly(new Share<>(urgent, 6), new Share<>(first, 6),
                new Share<>(second, 2));
    }

    @Test
    void whoHasNoDemandIsNotStepped() {
        Work stream = decoding(1);
        Work prompt = prompt(2, 5);
        stream.demand = false;
        prompt.demand = false;
        assertThat(shares(10, stream, prompt)).isEmpty();
    }

    @Test
    void noPlanExceedsItsBudgetStarvesAStreamOrRepeatsAGeneration() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            List<Work> running = new ArrayList<>();
            for (int i = random.nextInt(20); i > 0; i--) {
                Work work = new Work(i, random.nextInt(10), 1 + random.nextInt(3) * random.nextInt(50), 5);
                work.demand = random.nextBoolean();
                running.add(work);
            }
            int budget = 20 + random.nextInt(50);
            List<Share<Work>> shares = StepPlan.of(running, budget, BESIDE_DECODING).shares();
            assertThat(shares.stream().mapToInt(Share::tokens).sum()).as("seed %s", seed).isLessThanOrEqualTo(budget);
            assertThat(shares.stream().map(Share::generation)).as("seed %s", seed).doesNotHaveDuplicates()
                    .allMatch(Work::hasDemand);
            assertThat(shares).as("seed %s", seed)
                    .allMatch(share -> share.tokens() > 0 && share.tokens() <= share.generation().pendingTokens());
            List<Work> streams = running.stream().filter(w -> w.hasDemand() && w.pendingTokens() == 1).toList();
            assertThat(shares.stream().map(Share::generation)).as("seed %s", seed).containsAll(streams);
        }
    }
}
