package io.millrace.ingest;

import static java.util.Comparator.comparingInt;
import static java.util.Comparator.comparingLong;

import io.millrace.inference.schedule.Precedence;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Prompts that were polled and wait for a place: a bounded look-ahead, so that who comes first on a topic is not all that decides. Next is
 *
 * <ol>
 * <li>the highest level: the prompt's priority, and one more for each {@link Precedence#AGING} that it has waited here, up to the highest
 * priority that waits. So waiting makes good for a low priority, and gives no advantage among equals;
 * <li>whose flow has the fewest prompts in hand, so that a busy flow does not starve the others;
 * <li>whose partition has the fewest, so that each has its share of the places;
 * <li>who came first.
 * </ol>
 *
 * Nobody waits for ever: at the latest when it has made good for nine levels a prompt goes before all that come later, but those whose flow or partition
 * has less in hand; and what is in hand comes to an end, while theirs grows.
 *
 * <p>Knows no consumer. Belongs to one thread.
 */
final class WaitingRoom {
    /** Enough to see past a burst of one flow; few against what the offsets' metadata can tell apart. */
    static final int MAX_PROMPTS = 512;
    static final long MAX_BYTES = 16L << 20;

    private record Waiting(ReceivedPrompt prompt, Instant arrival, long number) {
        /** The priority, and what waiting has made good for. */
        long level(Instant now, int highest) {
            return Math.min(highest, prompt.priority() + Duration.between(arrival, now).dividedBy(Precedence.AGING));
        }
    }

    /** What one partition has here. */
    private record Occupancy(int prompts, long bytes) {
        static final Occupancy NONE = new Occupancy(0, 0);

        Occupancy plus(int morePrompts, long moreBytes) {
            return new Occupancy(prompts + morePrompts, bytes + moreBytes);
        }
    }

    private final InstantSource clock;
    private final List<Waiting> waiting = new ArrayList<>();
    private final Map<Claim, Occupancy> occupancy = new HashMap<>();
    private Occupancy total = Occupancy.NONE;
    private long arrivals;

    WaitingRoom(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Whether the partition may bring one more. All that have prompts here have an equal share; one that has none may bring one even
     * when the room is full, else it would have to wait for the others to tell that it has something.
     */
    boolean hasPlaceFor(Claim partition) {
        var own = occupancy.get(partition);
        if (own == null) {
            return total.bytes < 2 * MAX_BYTES;
        }
        int sharers = occupancy.size();
        return total.prompts < MAX_PROMPTS && total.bytes < MAX_BYTES && own.prompts < MAX_PROMPTS / sharers
                && own.bytes < MAX_BYTES / sharers;
    }

    void add(ReceivedPrompt prompt) {
        waiting.add(new Waiting(prompt, clock.instant(), arrivals++));
        count(prompt, 1);
    }

    int size() {
        return waiting.size();
    }

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    /** Takes the next out; there must be one. */
    ReceivedPrompt next(InHand inHand) {
        Instant now = clock.instant();
        int highest = waiting.stream().mapToInt(one -> one.prompt.priority()).max().orElseThrow();
        Comparator<Waiting> order = comparingLong((Waiting one) -> -one.level(now, highest))
                .thenComparing(comparingInt(one -> inHand.ofFlow(one.prompt.flow())))
                .thenComparing(comparingInt(one -> inHand.ofPartition(one.prompt.claim())))
                .thenComparing(comparingLong(Waiting::number));
        Waiting next = waiting.stream().min(order).orElseThrow();
        waiting.remove(next);
        count(next.prompt, -1);
        return next.prompt;
    }

    /** Forgets what waits of a partition that is taken away. */
    void forget(Claim partition) {
        List<Waiting> gone = waiting.stream().filter(one -> one.prompt.claim().equals(partition)).toList();
        waiting.removeAll(gone);
        gone.forEach(one -> count(one.prompt, -1));
    }

    private void count(ReceivedPrompt prompt, int sign) {
        long bytes = (long) sign * prompt.bytes();
        total = total.plus(sign, bytes);
        var own = occupancy.getOrDefault(prompt.claim(), Occupancy.NONE).plus(sign, bytes);
        if (own.prompts == 0) {
            occupancy.remove(prompt.claim());
        } else {
            occupancy.put(prompt.claim(), own);
        }
    }
}
