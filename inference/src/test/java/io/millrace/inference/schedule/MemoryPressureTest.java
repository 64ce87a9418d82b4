package io.millrace.inference.schedule;

import static io.millrace.inference.cache.BlockPool.BLOCK_TOKENS;
import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.inference.schedule.StepPlan.Share;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Who is admitted and who is preempted, case by case. */
class MemoryPressureTest {
    private final Work.Memory memory = new Work.Memory(4);

    private Work work(int number, int priority, int promptBlocks) {
        return new Work(new Precedence(priority, Instant.EPOCH, Optional.empty(), number), promptBlocks * BLOCK_TOKENS,
                BLOCK_TOKENS, memory);
    }

    private Work running(int number, int priority, int blocks) {
        Work work = work(number, priority, blocks);
        assertThat(work.reserve(blocks * BLOCK_TOKENS)).isTrue();
        work.compute(blocks * BLOCK_TOKENS);
        return work;
    }

    private Optional<Work> next(List<Work> waiting, Work... running) {
        return Admission.next(waiting, List.of(running), 3, memory.available);
    }

    /** Who made room, when all want to go on. */
    private List<Work> preempted(List<Work> served, Work... running) {
        List<Work> preempted = new ArrayList<>();
        Preemption.makeRoom(StepPlan.of(List.of(running), 100, 100), List.of(running), work -> {
            work.free();
            preempted.add(work);
        }).stream().map(Share::generation).forEach(served::add);
        return preempted;
    }

    @Test
    void theFirstByPrecedenceWithDemandStarts() {
        Work early = work(1, 5, 1);
        Work high = work(2, 9, 1);
        assertThat(next(List.of(early, work(3, 5, 1), high))).contains(high);
        high.demand = false;
        assertThat(next(List.of(early, work(3, 5, 1), high))).contains(early);
        assertThat(next(List.of())).isEmpty();
        assertThat(next(List.of(high))).isEmpty();
    }

    @Test
    void nobodyStartsWithoutAPlace() {
        assertThat(next(List.of(work(4, 9, 1)), work(1, 5, 1), work(2, 5, 1), work(3, 5, 1))).isEmpty();
    }

    @Test
    void nobodyStartsWithoutMemoryForItselfAndWhatTheOthersWillWant() {
        Work running = running(1, 5, 2);
        // one for the running one to go on, and one for the newcomer: its prompt and no more
        assertThat(next(List.of(work(2, 5, 1)), running)).isEmpty();
        assertThat(next(List.of(new Work(running.precedence, BLOCK_TOKENS - 1, 1, memory)), running)).isPresent();
        assertThat(next(List.of(work(2, 5, 2), work(3, 5, 0)), running)).as("not even who is small enough").isEmpty();
    }

    @Test
    void theLargeStartsWhereNobodyCanRunAnyway() {
        Work paused = running(1, 5, 3);
        paused.demand = false;
        assertThat(next(List.of(work(2, 5, 3)), paused)).isPresent();
    }

    @Test
    void theLastByPrecedenceMakesRoom() {
        Work first = running(1, 5, 1);
        Work second = running(2, 5, 1);
        Work third = running(3, 5, 2);
        List<Work> served = new ArrayList<>();
        assertThat(preempted(served, third, first, second)).containsExactly(third);
        assertThat(served).containsExactly(first, second);
    }

    @Test
    void whoHasNoDemandMakesRoomBeforeAnyoneElse() {
        Work paused = running(1, 9, 2);
        paused.demand = false;
        Work first = running(2, 5, 1);
        Work second = running(3, 5, 1);
        List<Work> served = new ArrayList<>();
        assertThat(preempted(served, paused, first, second)).containsExactly(paused);
        assertThat(served).containsExactly(first, second);
    }

    @Test
    void theLastKeepsWhatItHasAndWaits() {
        Work first = running(1, 5, 2);
        Work last = running(2, 5, 1);
        assertThat(first.reserve(1)).isTrue();
        List<Work> served = new ArrayList<>();
        assertThat(preempted(served, first, last)).isEmpty();
        assertThat(served).containsExactly(first);
        assertThat(last.blocks).isEqualTo(1);
    }
}
