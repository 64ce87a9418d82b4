package io.millrace.inference.schedule;

import static java.util.Comparator.comparing;
import static java.util.stream.Collectors.partitioningBy;

import io.millrace.inference.schedule.StepPlan.Share;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** Who has to give memory back in a step, so that those before it can go on. */
public final class Preemption<S extends Schedulable> {
    private final List<S> running;
    private final Consumer<S> preempt;
    private final Set<S> preempted = new HashSet<>();
    /** Who gives first is first; made when it is needed. */
    private Deque<S> victims;

    private Preemption(List<S> running, Consumer<S> preempt) {
        this.running = List.copyOf(running);
        this.preempt = preempt;
    }

    /**
     * Takes the memory that a step needs, by precedence. When there is none left, running generations are preempted: first those
     * without demand, which would not run anyway, then the last by precedence, up to the one that needs memory. If that is not enough, this one
     * keeps its place and what it has, and waits for those before it.
     *
     * <p>So the first that can run always does, if memory is enough for one, and each is preempted once at most.
     *
     * @param running all that may hold memory
     * @param preempt takes a generation's memory, and its place
     * @return the shares that can be computed, by precedence
     */
    public static <S extends Schedulable> List<Share<S>> makeRoom(StepPlan<S> plan, List<S> running,
            Consumer<S> preempt) {
        var preemption = new Preemption<>(running, preempt);
        return plan.shares().stream().sorted(comparing(share -> share.generation().precedence()))
                .filter(preemption::claim).toList();
    }

    private boolean claim(Share<S> share) {
        S generation = share.generation();
        while (!preempted.contains(generation)) {
            if (generation.reserve(share.tokens())) {
                return true;
            }
            if (!preemptFor(generation)) {
                return false;
            }
        }
        return false;
    }

    private boolean preemptFor(S generation) {
        if (victims == null) {
            victims = victims();
        }
        while (!victims.isEmpty() && !victims.peek().equals(generation)) {
            S victim = victims.pop();
            if (victim.holdsBlocks()) {
                preempted.add(victim);
                preempt.accept(victim);
                return true;
            }
        }
        return false;
    }

    private Deque<S> victims() {
        var byDemand = running.stream().sorted(comparing((S generation) -> generation.precedence()).reversed())
                .collect(partitioningBy(Schedulable::hasDemand));
        Deque<S> all = new ArrayDeque<>(byDemand.get(false));
        all.addAll(byDemand.get(true));
        return all;
    }
}
