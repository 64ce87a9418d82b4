package io.millrace.inference.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.inference.schedule.StepPlan.Share;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StepPlanTest {
    private record Work(String name, int pendingTokens, boolean hasDemand, int priority) implements Schedulable {
        static Work decoding(String name) {
            return new Work(name, 1, true, 5);
        }

        static Work prompt(String name, int tokens) {
            return new Work(name, tokens, true, 5);
        }

        Work withPriority(int newPriority) {
            return new Work(name, pendingTokens, hasDemand, newPriority);
        }

        Work withoutDemand() {
            return new Work(name, pendingTokens, false, priority);
        }
    }

    @Test
    void runningStreamsGoOnWhateverPromptsWait() {
        Work prompt = Work.prompt("prompt", 1000);
        Work stream = Work.decoding("stream");
        assertThat(StepPlan.of(List.of(prompt, stream), 10).shares()).containsExactly(new Share<>(stream, 1),
                new Share<>(prompt, 9));
    }

    @Test
    void promptsShareWhatIsLeftByPriorityThenArrival() {
        Work first = Work.prompt("first", 6);
        Work second = Work.prompt("second", 6);
        Work urgent = Work.prompt("urgent", 6).withPriority(9);
        assertThat(StepPlan.of(List.of(first, second, urgent), 14).shares()).containsExactly(new Share<>(urgent, 6),
                new Share<>(first, 6), new Share<>(second, 2));
    }

    @Test
    void whoHasNoDemandIsNotStepped() {
        assertThat(StepPlan.of(List.of(Work.decoding("a").withoutDemand(), Work.prompt("b", 5).withoutDemand()), 10)
                .shares()).isEmpty();
    }

    @Test
    void theHighestPriorityStartsFirstAndTheEarliestAmongEquals() {
        Work low = Work.prompt("low", 1).withPriority(0);
        Work early = Work.prompt("early", 1);
        Work late = Work.prompt("late", 1);
        Work high = Work.prompt("high", 1).withPriority(9);
        assertThat(StepPlan.admit(List.of(low, early, late, high), 3)).containsExactly(high, early, late);
        assertThat(StepPlan.admit(List.of(low), 0)).isEmpty();
    }

    @Test
    void noPlanExceedsItsBudgetStarvesAStreamOrRepeatsAGeneration() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 2000; round++) {
            List<Work> running = new ArrayList<>();
            for (int i = random.nextInt(20); i > 0; i--) {
                running.add(new Work("w" + i, 1 + random.nextInt(3) * random.nextInt(50), random.nextBoolean(),
                        random.nextInt(10)));
            }
            int budget = 20 + random.nextInt(50);
            List<Share<Work>> shares = StepPlan.of(running, budget).shares();
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
