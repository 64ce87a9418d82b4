package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.compose.broker.ReplicatedBrokers;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.role.TopicSetup;
import io.millrace.schemas.Completion;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Several brokers, whose partitions change leaders while prompts run. */
@Tag("long")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class LeadershipIT {
    private static final int PROMPTS = 300;
    private static final int TOKENS = 20;

    @TempDir
    Path folder;

    private ReplicatedBrokers brokers;
    private Pipeline pipeline;

    @BeforeEach
    void open() throws Exception {
        brokers = new ReplicatedBrokers(folder);
        BrokerAddress address = BrokerAddress.parse(brokers.bootstrapServers());
        TopicSetup.ensure(address, Topics.DEFAULT, 4);
        pipeline = new Pipeline(address, Topics.DEFAULT);
    }

    @AfterEach
    void close() throws Exception {
        pipeline.close();
        brokers.close();
    }

    @Test
    void leadersThatChangeCostNoPromptAndDoubleNone() throws Exception {
        try (var _ = Worker.start(pipeline, new ScriptedRunner(), options -> options.withMaxInFlight(8));
                Admin admin = Admin.create(pipeline.clientSettings)) {
            send();
            for (int round = 1; round <= 5; round++) {
                int done = round * PROMPTS / 6;
                pipeline.completions.await(done);
                moveLeaders(admin);
            }
            assertEachIsCompletedOnce();
        }
    }

    @Test
    void aRollingRestartOfAllBrokersCostsNoPromptAndDoublesNone() throws Exception {
        try (var _ = Worker.start(pipeline, new ScriptedRunner(), options -> options.withMaxInFlight(8))) {
            send();
            int done = 0;
            for (int broker : List.copyOf(brokers.ids())) {
                pipeline.completions.await(done += PROMPTS / 10);
                brokers.stop(broker);
                pipeline.completions.await(done += PROMPTS / 10);
                brokers.start(broker);
            }
            assertEachIsCompletedOnce();
        }
    }

    @Test
    void aBrokerThatIsKilledCostsNoPromptAndDoublesNone() throws Exception {
        try (var _ = Worker.start(pipeline, new ScriptedRunner(), options -> options.withMaxInFlight(8))) {
            send();
            for (int broker : List.copyOf(brokers.ids()).subList(0, 2)) {
                pipeline.completions.await(PROMPTS / 10);
                brokers.kill(broker);
                brokers.start(broker);
            }
            assertEachIsCompletedOnce();
        }
    }

    private void send() {
        for (int i = 0; i < PROMPTS; i++) {
            pipeline.send("p" + i, TOKENS + " tokens every 5 ms");
        }
    }

    /** The next replica of each partition leads it from now on; returns when the brokers know. */
    private static void moveLeaders(Admin admin) throws Exception {
        Map<TopicPartition, Optional<NewPartitionReassignment>> moves = new HashMap<>();
        partitions(admin).forEach((partition, now) -> {
            var replicas = new ArrayList<>(now.replicas().stream().map(Node::id).toList());
            Collections.rotate(replicas, -1 - replicas.indexOf(now.leader().id()));
            moves.put(partition, Optional.of(new NewPartitionReassignment(replicas)));
        });
        admin.alterPartitionReassignments(moves).all().get();
        // those whose first replica is not in sync yet keep their leader this time
        var elected = admin.electLeaders(ElectionType.PREFERRED, moves.keySet()).partitions().get();
        assertThat(elected.values().stream().filter(Optional::isEmpty)).as("new leaders: " + elected).isNotEmpty();
        boolean known;
        do {
            known = partitions(admin).entrySet().stream().filter(now -> elected.get(now.getKey()).isEmpty())
                    .allMatch(now -> now.getValue().leader() != null && now.getValue().leader().id() == moves
                            .get(now.getKey()).orElseThrow().targetReplicas().getFirst());
        } while (!known);
    }

    private static Map<TopicPartition, TopicPartitionInfo> partitions(Admin admin) throws Exception {
        Map<TopicPartition, TopicPartitionInfo> partitions = new HashMap<>();
        admin.describeTopics(topics()).allTopicNames().get().forEach((name, topic) -> topic.partitions()
                .forEach(info -> partitions.put(new TopicPartition(name, info.partition()), info)));
        return partitions;
    }

    private void assertEachIsCompletedOnce() {
        awaitAll();
        // one more behind the last, to see that nothing comes after it either
        pipeline.send("end", "1 tokens");
        pipeline.completion("end");
        List<Completion> completions = pipeline.completions.await(PROMPTS + 1);
        assertThat(completions.stream().map(Completion::id)).hasSize(PROMPTS + 1).doesNotHaveDuplicates();
        for (int i = 0; i < PROMPTS; i++) {
            assertThat(pipeline.completion("p" + i).text()).isEqualTo(ScriptedRunner.text(TOKENS));
            assertThat(pipeline.stream("p" + i).stream().filter(TokenEvent.Token.class::isInstance))
                    .as("tokens of p" + i).hasSize(TOKENS);
        }
    }

    /** Brokers that come back may stand still for as long as a replica may be behind: half a minute. */
    private void awaitAll() {
        try {
            pipeline.completions.await(PROMPTS, Duration.ofMinutes(2));
        } catch (AssertionError e) {
            try {
                e.addSuppressed(new AssertionError(brokersTell()));
            } catch (Exception silent) {
                e.addSuppressed(silent);
            }
            throw e;
        }
    }

    /** Who leads what, who is in sync, which transactions are open, and how far the worker has read. */
    private String brokersTell() throws Exception {
        var told = new StringBuilder();
        try (Admin admin = Admin.create(pipeline.clientSettings)) {
            partitions(admin)
                    .forEach((partition, info) -> told.append(partition).append(' ').append(info).append('\n'));
            for (var transaction : admin.listTransactions().all().get()) {
                told.append(admin.describeTransactions(List.of(transaction.transactionalId())).all().get())
                        .append('\n');
            }
            for (var group : admin.listGroups().all().get()) {
                told.append(group).append(' ').append(admin.listConsumerGroupOffsets(group.groupId())
                        .partitionsToOffsetAndMetadata().get()).append('\n');
            }
        }
        return told.toString();
    }

    private static List<String> topics() {
        var names = new ArrayList<>(Topics.DEFAULT.all());
        names.addAll(List.of("__transaction_state", "__consumer_offsets"));
        return names;
    }
}
