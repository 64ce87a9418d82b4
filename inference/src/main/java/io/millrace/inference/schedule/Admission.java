package io.millrace.inference.schedule;

import static java.util.Comparator.comparing;

import java.util.List;
import java.util.Optional;

/** Who may join those that run. */
public final class Admission {
    private Admission() {}

    /**
     * The first of those that wait and have demand, if there is a place for it, and memory for its tokens beside what the running
     * ones will soon want: who is admitted only to be preempted is computed twice. Nobody goes before the first because it is
     * smaller, or the large would starve. Where nobody can run, memory is no reason to wait: it can be taken from those
     * without demand.
     *
     * @param places how many may run at a time
     * @param availableBlocks that nobody uses
     */
    public static <S extends Schedulable> Optional<S> next(List<S> waiting, List<S> running, int places,
            int availableBlocks) {
        if (waiting.isEmpty() || running.size() >= places) {
            return Optional.empty();
        }
        return waiting.stream().filter(Schedulable::hasDemand).min(comparing(Schedulable::precedence))
                .filter(first -> running.stream().noneMatch(Schedulable::hasDemand)
                        || first.wantedBlocks() <= availableBlocks - wantedBlocks(running));
    }

    private static int wantedBlocks(List<? extends Schedulable> running) {
        return running.stream().mapToInt(Schedulable::wantedBlocks).sum();
    }
}
