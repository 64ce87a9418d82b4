package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.compose.program.Program;
import io.millrace.ingest.IngestOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.MemberToRemove;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a worker's id is good for, and what becomes of its place in the group. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class StaticMembershipIT {
    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

    /** Longer than any test waits. */
    private static final Duration LONG_SESSION = Duration.ofSeconds(60);
    private static final Optional<Integer> AWAY = Optional.of(-2);

    private final ScriptedRunner runner = new ScriptedRunner();
    private Pipeline pipeline;
    private WorkerGroup group;

    @BeforeEach
    void open() {
        pipeline = new Pipeline(CLUSTER);
        group = new WorkerGroup(pipeline, pipeline.topics.prefix());
    }

    @AfterEach
    void close() {
        group.close();
        pipeline.close();
    }

    private Worker start(String id) {
        return Worker.start(pipeline, runner, options -> options.withWorkerId(id));
    }

    private static Map<String, Set<TopicPartition>> places(ConsumerGroupDescription description) {
        return description.members().stream().collect(Collectors.toMap(member -> member.groupInstanceId().orElse(""),
                member -> member.assignment().topicPartitions()));
    }

    private static MemberDescription member(ConsumerGroupDescription description, String id) {
        return description.members().stream().filter(member -> member.groupInstanceId().equals(Optional.of(id)))
                .findAny()
                .orElseThrow();
    }

    private static String promptAt(TopicPartition partition) {
        return "at-" + partition.partition();
    }

    @Test
    void aWorkerThatStartsAgainHasItsPartitionsAgainAndTheOthersKeepTheirs() throws Exception {
        group.sessionTimeout(LONG_SESSION);
        try (var _ = start("a")) {
            var second = start("b");
            var before = group.awaitShares(2, Cluster.PARTITIONS / 2);
            assertThat(before.members()).extracting(MemberDescription::clientId).containsExactlyInAnyOrder(
                    "millrace-worker/a/scripted", "millrace-worker/b/scripted");
            second.close();
            var away = group.await(now -> member(now, "b").memberEpoch().equals(AWAY));
            assertThat(places(away)).isEqualTo(places(before));
            for (int partition = 0; partition < Cluster.PARTITIONS; partition++) {
                pipeline.sendRaw(partition, "at-" + partition, "3 tokens");
            }
            places(before).get("a").forEach(partition -> pipeline.completion(promptAt(partition)));
            try (var _ = start("b")) {
                places(before).get("b").forEach(partition -> pipeline.completion(promptAt(partition)));
                var after = group.describe();
                assertThat(places(after)).isEqualTo(places(before));
                assertThat(after.groupEpoch()).as("no rebalance").isEqualTo(before.groupEpoch());
                assertThat(member(after, "b").consumerId()).isNotEqualTo(member(before, "b").consumerId());
            }
        }
        assertThat(pipeline.completions.await(Cluster.PARTITIONS)).hasSize(Cluster.PARTITIONS);
    }

    @Test
    void aPlaceWhoseWorkerDoesNotComeBackIsSharedOutWhenItsSessionIsOver() throws Exception {
        group.sessionTimeout(WorkerGroup.SHORTEST_SESSION);
        try (var _ = start("a")) {
            var second = start("b");
            group.awaitShares(2, Cluster.PARTITIONS / 2);
            second.close();
            assertThat(places(group.awaitShares(1, Cluster.PARTITIONS))).containsOnlyKeys("a");
        }
    }

    @Test
    void aPlaceCanBeGivenUpFromOutsideAtOnce() throws Exception {
        group.sessionTimeout(LONG_SESSION);
        try (var _ = start("a")) {
            var second = start("b");
            group.awaitShares(2, Cluster.PARTITIONS / 2);
            second.close();
            group.admin.removeMembersFromConsumerGroup(group.name(), new RemoveMembersFromConsumerGroupOptions(List.of(
                    new MemberToRemove("b")))).all().get();
            assertThat(places(group.awaitShares(1, Cluster.PARTITIONS))).containsOnlyKeys("a");
        }
    }

    @Tag("long")
    @Test
    void anIdThatIsInUseIsRefusedAndOneWhoseWorkerWasKilledIsWaitedFor() throws Exception {
        try (var usual = new WorkerGroup(pipeline, IngestOptions.DEFAULT_GROUP)) {
            usual.sessionTimeout(WorkerGroup.SHORTEST_SESSION);
            refusesOneAndWaitsForTheOther();
        }
    }

    private void refusesOneAndWaitsForTheOther() throws Exception {
        String waits = "worker id w is taken by millrace-worker/w/";
        try (var first = program("w")) {
            first.awaitLine(line -> line.startsWith("The worker is up: "));
            pipeline.send("before", "The little boat");
            assertThat(pipeline.completion("before").text()).isNotBlank();
            try (var second = program("w")) {
                assertThat(second.status()).as(second.err()).isEqualTo(2);
                assertThat(second.err().lines()).hasSize(2).first().asString().contains(waits);
                assertThat(second.err().lines().toList().getLast()).startsWith("millrace: worker id w belongs to a")
                        .endsWith("give this one another with --worker-id");
            }
            pipeline.send("amid", "The little boat");
            assertThat(pipeline.completion("amid").text()).isNotBlank();
            try (var third = program("w")) {
                third.awaitErrorLine(line -> line.contains(waits));
                first.kill();
                pipeline.send("after", "The little boat");
                assertThat(pipeline.completion("after").text()).isNotBlank();
                assertThat(third.err().lines()).hasSize(1);
                third.terminate();
                assertThat(third.status()).as(third.err()).isZero();
            }
        }
    }

    private Program program(String id) {
        return pipeline.start("worker", "--worker-id", id, "--parallel", "4", "--threads", "1");
    }
}
