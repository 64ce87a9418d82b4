package io.millrace.inference.schedule;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingLong;
import static java.util.Comparator.reverseOrder;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;

/**
 * Who goes first: the higher level; among equals the earlier deadline, if any; then who came first.
 *
 * <p>The level is the priority, and one more for each {@link #AGING} that a generation came before another, counted from
 * the clock's full intervals. So waiting raises it over all who come later, and nobody starves: whoever has priority 0 goes before all that
 * come 9 intervals later or more, whatever these are. As all grow old alike, the order of two never changes, and who was preempted
 * for another cannot take its memory back before that one is done.
 *
 * @param priority 0 (low) to 9 (high)
 * @param arrival when it came
 * @param deadline until when it is of use, if that matters
 * @param number differs from all others', and grows as they come
 */
public record Precedence(int priority, Instant arrival, Optional<Instant> deadline, long number)
        implements
            Comparable<Precedence> {
    /** How much earlier who has one priority less must come. */
    public static final Duration AGING = Duration.ofSeconds(10);

    private static final Comparator<Precedence> ORDER = comparing(Precedence::level, reverseOrder())
            .thenComparing(precedence -> precedence.deadline.orElse(Instant.MAX))
            .thenComparing(comparingLong(Precedence::number));

    private long level() {
        return priority - Math.floorDiv(arrival.getEpochSecond(), AGING.toSeconds());
    }

    /** Less is first. */
    @Override
    public int compareTo(Precedence other) {
        return ORDER.compare(this, other);
    }
}
