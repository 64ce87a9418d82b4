package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.inference.schedule.Precedence;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class WaitingRoomTest {
    private static final int USUAL = 5;

    private final AssignedPartition first = partition(0);
    private final AssignedPartition second = partition(1);
    private final InHand inHand = new InHand();
    private final Map<AssignedPartition, Long> ends = new HashMap<>();
    private Instant now = Instant.EPOCH;
    private final WaitingRoom room = new WaitingRoom(() -> now);

    @Test
    void equalsGoInTheOrderInWhichTheyCame() {
        var came = List.of(add(first, "a", USUAL), add(second, "b", USUAL), add(first, "c", USUAL));
        assertThat(admitAll()).isEqualTo(came);
    }

    @Test
    void aHigherPriorityGoesFirst() {
        var low = add(first, "a", 0);
        var high = add(first, "b", 9);
        var usual = add(first, "c", USUAL);
        assertThat(admitAll()).containsExactly(high, usual, low);
    }

    @Test
    void aFlowOfAThousandDelaysAnothersSinglePromptByOnePlace() {
        for (int i = 0; i < 1000; i++) {
            add(first, "busy", USUAL);
        }
        admit();
        now = now.plus(Duration.ofHours(1));
        var single = add(first, "single", USUAL);
        assertThat(admit()).isEqualTo(single);
    }

    @Test
    void busyFlowsHaveEqualShares() {
        for (int i = 0; i < 100; i++) {
            add(first, "early", USUAL);
        }
        for (int i = 0; i < 10; i++) {
            add(first, "late", USUAL);
        }
        for (int i = 0; i < 20; i++) {
            admit();
        }
        assertThat(inHand.ofFlow("early")).isEqualTo(10);
        assertThat(inHand.ofFlow("late")).isEqualTo(10);
    }

    @Test
    void aBusyPartitionLeavesTheOthersTheirShare() {
        for (int i = 0; i < 100; i++) {
            add(first, "early" + i, USUAL);
        }
        for (int i = 0; i < 20; i++) {
            admit();
        }
        for (int i = 0; i < 30; i++) {
            add(second, "late" + i, USUAL);
        }
        for (int i = 0; i < 40; i++) {
            admit();
        }
        assertThat(inHand.ofPartition(first)).isEqualTo(30);
        assertThat(inHand.ofPartition(second)).isEqualTo(30);
    }

    @Test
    void aLowPriorityThatHasWaitedForNineIntervalsGoesBeforeAllThatComeLater() {
        var low = add(first, "low", 0);
        for (int i = 0; i < 9; i++) {
            var high = add(first, "high" + i, 9);
            assertThat(admit()).isEqualTo(high);
            now = now.plus(Precedence.AGING);
        }
        add(first, "high", 9);
        assertThat(admit()).isEqualTo(low);
    }

    @RepeatedTest(3)
    void nobodyWaitsForEver() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        var admitted = new ArrayDeque<ReceivedPrompt>();
        Map<ReceivedPrompt, Instant> arrivals = new HashMap<>();
        Duration longest = Duration.ZERO;
        for (int second = 0; second < 2_000; second++) {
            now = now.plusSeconds(1);
            // fifty wait at any time, and most are of high priorities and of one flow
            for (int i = second == 0 ? 50 : 1; i > 0; i--) {
                arrivals.put(add(random.nextInt(4) == 0 ? this.second : first,
                        random.nextBoolean() ? "busy" : "flow" + random.nextInt(30),
                        9 - random.nextInt(1 + random.nextInt(10))), now);
            }
            var next = room.next(counted(admitted));
            admitted.add(next);
            if (admitted.size() > 8) {
                admitted.remove();
            }
            var waited = Duration.between(arrivals.remove(next), now);
            longest = waited.compareTo(longest) > 0 ? waited : longest;
        }
        // nine levels are made good after 90 s; then there are fifty others
        assertThat(longest).as("seed " + seed).isLessThan(Duration.ofSeconds(90 + 4 * 50));
        arrivals.forEach((prompt, arrival) -> assertThat(Duration.between(arrival, now)).as("seed " + seed)
                .isLessThan(Duration.ofSeconds(90 + 4 * 50)));
    }

    @Test
    void partitionsShareTheRoomAndOneThatHasNothingInItMayAlwaysBringSomething() {
        for (int i = 0; i < WaitingRoom.MAX_PROMPTS; i++) {
            assertThat(room.hasPlaceFor(first)).isTrue();
            add(first, "busy", USUAL);
        }
        assertThat(room.hasPlaceFor(first)).isFalse();
        assertThat(room.hasPlaceFor(second)).isTrue();
        add(second, "other", 0);
        assertThat(room.hasPlaceFor(second)).isFalse();
        for (int i = 0; i < WaitingRoom.MAX_PROMPTS / 2; i++) {
            admit();
        }
        assertThat(room.hasPlaceFor(first)).isFalse();
        assertThat(room.hasPlaceFor(second)).isTrue();
    }

    @Test
    void largePromptsTakeMoreOfTheRoom() {
        add(first, "large", USUAL, (int) WaitingRoom.MAX_BYTES);
        assertThat(room.hasPlaceFor(first)).isFalse();
        assertThat(room.hasPlaceFor(second)).isTrue();
        add(second, "large", USUAL, (int) WaitingRoom.MAX_BYTES);
        assertThat(room.hasPlaceFor(partition(2))).isFalse();
    }

    @Test
    void whatWaitsOfAPartitionThatIsTakenAwayIsForgotten() {
        add(first, "a", USUAL);
        var kept = add(second, "b", USUAL);
        room.forget(first);
        assertThat(admitAll()).containsExactly(kept);
    }

    private ReceivedPrompt add(AssignedPartition partition, String flow, int priority) {
        return add(partition, flow, priority, 100);
    }

    private ReceivedPrompt add(AssignedPartition partition, String flow, int priority, int bytes) {
        long offset = ends.merge(partition, 1L, Long::sum) - 1;
        var record = new ConsumerRecord<byte[], byte[]>("prompts", partition.id().partition(), offset, 0L,
                TimestampType.CREATE_TIME, 0, bytes, null, null,
                new RecordHeaders(), Optional.empty());
        var prompt = new ReceivedPrompt(record, partition, flow, priority);
        room.add(prompt);
        return prompt;
    }

    private ReceivedPrompt admit() {
        ReceivedPrompt next = room.next(inHand);
        inHand.add(next);
        return next;
    }

    private List<ReceivedPrompt> admitAll() {
        var all = new ArrayList<ReceivedPrompt>();
        while (!room.isEmpty()) {
            all.add(admit());
        }
        return all;
    }

    private static InHand counted(Queue<ReceivedPrompt> prompts) {
        var inHand = new InHand();
        prompts.forEach(inHand::add);
        return inHand;
    }

    private static AssignedPartition partition(int number) {
        return new AssignedPartition(new TopicPartition("prompts", number),
                new OffsetTracker(0, "", OffsetTracker.DEFAULT_MAX_METADATA_CHARACTERS), 0);
    }
}
