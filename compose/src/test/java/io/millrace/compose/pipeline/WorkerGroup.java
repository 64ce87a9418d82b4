package io.millrace.compose.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;

/** A consumer group of workers, as an administrator sees it. */
final class WorkerGroup implements AutoCloseable {
    /** The embedded broker's least. */
    static final Duration SHORTEST_SESSION = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SESSION_TIMEOUT = "consumer.session.timeout.ms";

    final Admin admin;
    private final String group;
    private final String topic;

    /** The workers of these prompts among the members of a group. */
    WorkerGroup(Pipeline pipeline, String group) {
        this.admin = Admin.create(pipeline.clientSettings);
        this.group = group;
        this.topic = pipeline.topics.prompts();
    }

    String name() {
        return group;
    }

    /** How long a worker that is silent keeps its partitions, until {@link #close}. */
    void sessionTimeout(Duration timeout) throws Exception {
        alter(new AlterConfigOp(new ConfigEntry(SESSION_TIMEOUT, String.valueOf(timeout.toMillis())),
                AlterConfigOp.OpType.SET));
    }

    private void alter(AlterConfigOp operation) throws Exception {
        admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.GROUP, group), List.of(operation)))
                .all().get();
    }

    ConsumerGroupDescription describe() throws Exception {
        return admin.describeConsumerGroups(List.of(group)).all().get().get(group);
    }

    /** Empty before its first member has joined. */
    private Optional<ConsumerGroupDescription> find() throws Exception {
        try {
            return Optional.of(describe());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Those that have partitions. */
    List<MemberDescription> workers(ConsumerGroupDescription description) {
        return description.members().stream().filter(member -> partitions(member) > 0).toList();
    }

    private long partitions(MemberDescription member) {
        return member.assignment().topicPartitions().stream().filter(each -> each.topic().equals(topic)).count();
    }

    /** Waits until so many workers have so many partitions each. */
    ConsumerGroupDescription awaitShares(int workers, int partitionsEach) throws Exception {
        return await(description -> workers(description).size() == workers && workers(description).stream()
                .allMatch(member -> partitions(member) == partitionsEach));
    }

    ConsumerGroupDescription await(Predicate<ConsumerGroupDescription> condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var description = find();
            if (description.filter(condition).isPresent()) {
                return description.get();
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError("after " + PATIENCE + " the group is " + description);
            }
            LockSupport.parkNanos(Duration.ofMillis(50).toNanos());
        }
    }

    @Override
    public void close() {
        try (admin) {
            alter(new AlterConfigOp(new ConfigEntry(SESSION_TIMEOUT, ""), AlterConfigOp.OpType.DELETE));
        } catch (Exception e) {
            throw new AssertionError("the group's settings could not be reset", e);
        }
    }
}
