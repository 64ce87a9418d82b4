package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OffsetTrackerTest {
    private static final int LIMIT = OffsetTracker.DEFAULT_MAX_METADATA_CHARACTERS;

    @Test
    void theLowestUnfinishedOffsetIsCommitted() {
        var tracker = new OffsetTracker(10, "", LIMIT);
        tracker.begin(10);
        tracker.begin(11);
        tracker.finish(11);
        assertThat(tracker.committable()).isEqualTo(10);
        tracker.finish(10);
        assertThat(tracker.committable()).isEqualTo(12);
        assertThat(tracker.metadata()).isEmpty();
    }

    @Test
    void aRestartSkipsWhatIsFinishedBeyondTheCommittedOffset() {
        var before = new OffsetTracker(0, "", LIMIT);
        for (int offset = 0; offset < 6; offset++) {
            before.begin(offset);
        }
        before.finish(1);
        before.finish(2);
        before.finish(4);
        var after = new OffsetTracker(before.committable(), before.metadata(), LIMIT);
        assertThat(List.of(after.begin(0), after.begin(1), after.begin(2), after.begin(3), after.begin(4),
                after.begin(5), after.begin(6))).containsExactly(true, false, false, true, false, true, true);
    }

    @Test
    void offsetsThatNeverComeDoNotHoldTheCommitBack() {
        var tracker = new OffsetTracker(0, "", LIMIT);
        tracker.begin(3);
        tracker.begin(7);
        assertThat(tracker.committable()).isEqualTo(3);
        tracker.finish(3);
        assertThat(tracker.committable()).isEqualTo(7);
        tracker.finish(7);
        assertThat(tracker.committable()).isEqualTo(8);
    }

    @Test
    void aRecordSeenTwiceIsTakenInOnce() {
        var tracker = new OffsetTracker(5, "", LIMIT);
        assertThat(tracker.begin(5)).isTrue();
        assertThat(tracker.begin(5)).isFalse();
        assertThat(tracker.begin(4)).isFalse();
    }

    @Test
    void finishingWhatIsNotInFlightIsAnError() {
        var tracker = new OffsetTracker(0, "", LIMIT);
        assertThatThrownBy(() -> tracker.finish(3)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("offset 3");
    }

    @Test
    void oneSlowRecordAmongMillionsNeedsFewCharacters() {
        var tracker = new OffsetTracker(0, "", LIMIT);
        tracker.begin(0);
        for (int offset = 1; offset < 3_000_000; offset++) {
            tracker.begin(offset);
            tracker.finish(offset);
        }
        assertThat(tracker.hasRoom()).isTrue();
        assertThat(tracker.metadata()).hasSizeLessThan(16);
    }

    @Test
    void everySecondOffsetIsWrittenAsBits() {
        var tracker = new OffsetTracker(0, "", LIMIT);
        for (int offset = 0; offset < 1000; offset++) {
            tracker.begin(offset);
        }
        for (int offset = 1; offset < 1000; offset += 2) {
            tracker.finish(offset);
        }
        assertThat(tracker.metadata()).hasSizeLessThan(180);
        var restored = new OffsetTracker(tracker.committable(), tracker.metadata(), LIMIT);
        assertThat(restored.begin(998)).isTrue();
        assertThat(restored.begin(999)).isFalse();
    }

    @Test
    void intakeWaitsWhenTheMetadataMightNotFit() {
        var tracker = new OffsetTracker(0, "", 100);
        int offset = 0;
        while (tracker.hasRoom()) {
            tracker.begin(offset++);
        }
        assertThat(offset).isBetween(10, 40);
        for (int odd = 1; odd < offset; odd += 2) {
            tracker.finish(odd);
        }
        assertThat(tracker.metadata()).hasSizeLessThanOrEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"!", "QUJD", "AQ", "AVKA", "AVIA", "AVL/////////////fw", "AUIB", "AVgB"})
    void metadataOfOthersIsRefused(String metadata) {
        assertThatThrownBy(() -> new OffsetTracker(0, metadata, LIMIT)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void whateverIsWrittenIsReadBack(long seed) {
        var random = new Random(seed);
        var builder = new FinishedOffsets.Builder(random.nextLong(1L << 40));
        builder.append(false, 1 + random.nextInt(5));
        for (int i = random.nextInt(300); i > 0; i--) {
            builder.append(random.nextBoolean(), random.nextInt(10) == 0 ? random.nextLong(1L << 40) : 1);
        }
        var offsets = builder.build();
        assertThat(FinishedOffsets.decode(offsets.base(), offsets.encode())).as("seed %d", seed).isEqualTo(offsets);
    }

    /** A log with gaps, workers that die at any point, prompts that finish in any order: each is committed exactly once. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void nothingIsLostAndNothingIsCommittedTwice(long seed) {
        var random = new Random(seed);
        var log = log(random);
        int limit = 64 + random.nextInt(400);
        int maxInFlight = 1 + random.nextInt(100);
        Map<Long, Integer> commits = new HashMap<>();
        long committed = 0;
        String metadata = "";
        while (commits.size() < log.size()) {
            var tracker = new OffsetTracker(committed, metadata, limit);
            long from = committed;
            var toCome = new ArrayList<>(log.stream().filter(offset -> offset >= from).toList());
            var running = new ArrayList<Long>();
            var finished = new ArrayList<Long>();
            for (int steps = 1 + random.nextInt(400); steps > 0; steps--) {
                if (random.nextInt(10) < 6 && !toCome.isEmpty() && running.size() < maxInFlight && tracker.hasRoom()) {
                    long offset = toCome.removeFirst();
                    if (tracker.begin(offset)) {
                        running.add(offset);
                    }
                } else if (random.nextInt(10) < 7 && !running.isEmpty()) {
                    finished.add(running.remove(random.nextInt(running.size())));
                } else if (!finished.isEmpty()) {
                    finished.forEach(tracker::finish);
                    finished.forEach(offset -> commits.merge(offset, 1, Integer::sum));
                    finished.clear();
                    committed = tracker.committable();
                    metadata = tracker.metadata();
                    assertThat(metadata).as("seed %d", seed).hasSizeLessThanOrEqualTo(limit);
                }
            }
        }
        assertThat(commits).as("seed %d", seed).hasSize(log.size())
                .allSatisfy((_, times) -> assertThat(times).isEqualTo(1));
        var last = new OffsetTracker(committed, metadata, limit);
        assertThat(log).as("seed %d", seed).noneMatch(last::begin);
    }

    private static List<Long> log(Random random) {
        var offsets = new ArrayList<Long>();
        long offset = random.nextInt(3) == 0 ? random.nextInt(10_000) : 0;
        for (int i = 0; i < 500; i++) {
            offsets.add(offset);
            offset += 1 + (random.nextInt(4) == 0 ? random.nextInt(5) : 0)
                    + (random.nextInt(100) == 0 ? random.nextInt(100_000) : 0);
        }
        return offsets;
    }

    /** Named in each failure. */
    static List<Long> seeds() {
        return new Random().longs(50).boxed().toList();
    }

    @Test
    void theTextIsBase64WithAVersion() {
        var tracker = new OffsetTracker(0, "", LIMIT);
        tracker.begin(0);
        tracker.begin(1);
        tracker.finish(1);
        assertThat(Base64.getDecoder().decode(tracker.metadata())).startsWith(1);
    }
}
