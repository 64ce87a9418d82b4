package io.millrace.compose.role;

import io.millrace.compose.UserException;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.schemas.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Makes the topics that are missing; those that exist are left as their owner made them. */
public final class TopicSetup {
    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int ASK_AGAIN_MILLIS = 20;
    private static final int MAX_MESSAGE_BYTES = 16 << 20;
    /** Token events serve those who read along, or take a stream over; the text is kept in its completion. */
    private static final Duration TOKEN_RETENTION = Duration.ofDays(1);
    /** A cancel is of no use once its prompt is done. */
    private static final Duration CONTROL_RETENTION = Duration.ofHours(1);
    /** A worker's report is old after a second. */
    private static final Duration REPORT_RETENTION = Duration.ofMinutes(10);
    private static final int REPORT_SEGMENT_BYTES = 1 << 20;
    /** Retention removes whole segments, so these must not be large. */
    private static final int SEGMENT_BYTES = 64 << 20;

    private TopicSetup() {}

    /**
     * Returns once all topics are there.
     *
     * @param partitions for topics that are made, 1 or more
     * @throws UserException if the broker does not answer, or refuses, or has topics that do not fit together
     */
    public static void ensure(BrokerAddress address, Topics topics, int partitions) {
        Map<String, Object> settings = address
                .clientSettings(Map.of(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS,
                        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS));
        try (var admin = Admin.create(settings)) {
            Set<String> existing = admin.listTopics().names().get();
            var missing = topics.all().stream().filter(name -> !existing.contains(name))
                    .map(name -> topic(name, topics, partitions)).toList();
            create(admin, missing);
            Map<String, TopicDescription> found = requireEqualPartitions(admin, topics);
            found.keySet().removeAll(existing);
            awaitLeaders(admin, found);
        } catch (ExecutionException e) {
            throw new UserException("the topics on " + address.bootstrapServers() + " could not be made ready: "
                    + e.getCause().getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while making topics", e);
        }
    }

    private static NewTopic topic(String name, Topics topics, int partitions) {
        Map<String, String> settings;
        if (name.equals(topics.tokens())) {
            settings = keptFor(TOKEN_RETENTION, SEGMENT_BYTES);
        } else if (name.equals(topics.control())) {
            settings = keptFor(CONTROL_RETENTION, SEGMENT_BYTES);
        } else if (name.equals(topics.workers())) {
            settings = keptFor(REPORT_RETENTION, REPORT_SEGMENT_BYTES);
        } else {
            settings = Map.of(TopicConfig.MAX_MESSAGE_BYTES_CONFIG, String.valueOf(MAX_MESSAGE_BYTES));
        }
        // the broker's own replication factor
        int count = name.equals(topics.workers()) ? 1 : partitions;
        return new NewTopic(name, Optional.of(count), Optional.empty()).configs(settings);
    }

    private static Map<String, String> keptFor(Duration retention, int segmentBytes) {
        return Map.of(TopicConfig.RETENTION_MS_CONFIG, String.valueOf(retention.toMillis()),
                TopicConfig.SEGMENT_BYTES_CONFIG, String.valueOf(segmentBytes));
    }

    /** Others may be making the same topics at the same time. */
    private static void create(Admin admin, List<NewTopic> missing) throws ExecutionException, InterruptedException {
        for (var created : admin.createTopics(missing).values().values()) {
            try {
                created.get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof TopicExistsException)) {
                    throw e;
                }
            }
        }
    }

    private static Map<String, TopicDescription> requireEqualPartitions(Admin admin, Topics topics)
            throws ExecutionException, InterruptedException {
        Map<String, TopicDescription> found = describeWhenKnown(admin, topics);
        int prompts = found.get(topics.prompts()).partitions().size();
        int tokens = found.get(topics.tokens()).partitions().size();
        if (prompts != tokens) {
            throw new UserException("topic " + topics.tokens() + " has " + tokens + " partitions and "
                    + topics.prompts() + " has " + prompts + ": they must have the same number");
        }
        return new HashMap<>(found);
    }

    /**
     * A topic that is known may not take records yet. Of a producer's burst, a first batch that is turned away for that would come behind the second,
     * and an idempotent producer's may not: it would be tried in vain until its time is over.
     */
    private static void awaitLeaders(Admin admin, Map<String, TopicDescription> made)
            throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        made.forEach((name, topic) -> topic.partitions().forEach(partition -> ends.put(new TopicPartition(name,
                partition.partition()), OffsetSpec.latest())));
        // answered by the leaders, once they have the partitions
        admin.listOffsets(ends).all().get();
    }

    /** A topic just made becomes known to the brokers a little later; nothing tells when, so they are asked again. */
    private static Map<String, TopicDescription> describeWhenKnown(Admin admin, Topics topics)
            throws ExecutionException, InterruptedException {
        long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TIMEOUT_MILLIS);
        while (true) {
            try {
                return admin.describeTopics(topics.all()).allTopicNames().get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof UnknownTopicOrPartitionException)
                        || System.nanoTime() > deadlineNanos) {
                    throw e;
                }
                Thread.sleep(ASK_AGAIN_MILLIS);
            }
        }
    }
}
