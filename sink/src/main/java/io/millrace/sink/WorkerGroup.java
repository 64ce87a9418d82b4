package io.millrace.sink;

import io.millrace.schemas.WorkerName;
import io.millrace.sink.http.Workers;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.ShareGroupDescription;
import org.apache.kafka.clients.admin.ShareMemberDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the workers, as the brokers know them: members of a consumer group, or of a share group. Asks every few seconds on a virtual thread; what it answers
 * is for any thread.
 */
public final class WorkerGroup implements Workers, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerGroup.class);
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    private final Admin admin;
    private final String promptsTopic;
    private final Collection<String> consumerGroups;
    private final Collection<String> shareGroups;
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread thread = Thread.ofVirtual().name("worker-group").unstarted(this::run);
    private volatile List<String> models = List.of();
    private volatile Map<Integer, Long> lag = Map.of();

    /**
     * Asks from {@link #start} on.
     *
     * @param clientSettings settings for Kafka's clients: {@code bootstrap.servers}, and security if there is any
     * @param promptsTopic that the workers take their prompts from
     * @param consumerGroups in which workers may be
     * @param shareGroups in which workers may be
     */
    public WorkerGroup(Map<String, Object> clientSettings, String promptsTopic,
            Collection<String> consumerGroups, Collection<String> shareGroups) {
        this.promptsTopic = promptsTopic;
        this.admin = Admin.create(clientSettings);
        this.consumerGroups = List.copyOf(consumerGroups);
        this.shareGroups = List.copyOf(shareGroups);
    }

    public void start() {
        thread.start();
    }

    @Override
    public List<String> models() {
        return models;
    }

    @Override
    public Map<Integer, Long> lagByPartition() {
        return lag;
    }

    private void run() {
        try {
            do {
                look();
            } while (!closing.await(INTERVAL.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look() throws InterruptedException {
        try {
            models = List.copyOf(servedModels());
            lag = new PromptLag(admin, promptsTopic).measure(consumerGroups, shareGroups);
        } catch (ExecutionException e) {
            LOG.debug("the brokers do not tell who works", e);
        }
    }

    private Set<String> servedModels() throws ExecutionException, InterruptedException {
        var found = new TreeSet<String>();
        for (var group : admin.describeConsumerGroups(consumerGroups).describedGroups().values()) {
            add(found, described(group).map(ConsumerGroupDescription::members).flatMap(Collection::stream)
                    .filter(member -> isOurs(member.assignment().topicPartitions())).map(MemberDescription::clientId));
        }
        for (var group : admin.describeShareGroups(shareGroups).describedGroups().values()) {
            add(found, described(group).map(ShareGroupDescription::members).flatMap(Collection::stream)
                    .filter(member -> isOurs(member.assignment().topicPartitions()))
                    .map(ShareMemberDescription::clientId));
        }
        return found;
    }

    /** Workers of other topics may be in the same group; one without partitions may be about to get some. */
    private boolean isOurs(Set<TopicPartition> assigned) {
        return assigned.isEmpty()
                || assigned.stream().anyMatch(partition -> partition.topic().equals(promptsTopic));
    }

    private static void add(Set<String> models, Stream<String> clientIds) {
        clientIds.forEach(id -> WorkerName.model(id).ifPresent(models::add));
    }

    /** A group is unknown before its first member has come. */
    static <T> Stream<T> described(KafkaFuture<T> group) throws ExecutionException, InterruptedException {
        try {
            return Stream.of(group.get());
        } catch (ExecutionException e) {
            if (e.getCause() instanceof GroupIdNotFoundException) {
                return Stream.empty();
            }
            throw e;
        }
    }

    @Override
    public void close() {
        closing.countDown();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        admin.close(Duration.ofSeconds(2));
    }
}
