package io.millrace.ingest;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The place that a consumer group keeps for a worker with an id. Brokers refuse whoever joins under an id that another member has, until that one
 * says that it goes, or its session is over; so for a worker that was killed, its successor has to wait for the latter.
 */
final class WorkerPlace {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerPlace.class);
    private static final String SESSION_TIMEOUT = "consumer.session.timeout.ms";
    /** Kafka's own, for brokers that do not tell. */
    private static final Duration DEFAULT_SESSION = Duration.ofSeconds(45);
    /** A member that has left for a while, and may come back under its id. */
    private static final int AWAY = -2;
    /** Brokers look for sessions that are over now and then. */
    private static final Duration GRACE = Duration.ofSeconds(3);
    private static final Duration ASK_AGAIN = Duration.ofMillis(500);

    private final IngestOptions options;
    private final String workerId;

    WorkerPlace(IngestOptions options, String workerId) {
        this.options = options;
        this.workerId = workerId;
    }

    /**
     * Returns once nobody has the place, or when {@code givenUp} says that it is not wanted any more.
     *
     * @throws WorkerIdTakenException if somebody still has it after the time of a session: a worker that lives
     */
    void await(BooleanSupplier givenUp) throws InterruptedException {
        try (var admin = Admin.create(options.clientSettings("place"))) {
            Optional<MemberDescription> holder = holder(admin);
            if (holder.isEmpty()) {
                return;
            }
            Duration patience = session(admin).plus(GRACE);
            LOG.warn(
                    "worker id {} is taken by {}: waiting up to {} s, in case it was killed and its session is not over",
                    workerId, name(holder.get()), patience.toSeconds());
            long deadlineNanos = System.nanoTime() + patience.toNanos();
            while (holder.isPresent() && !givenUp.getAsBoolean()) {
                if (System.nanoTime() - deadlineNanos >= 0) {
                    throw new WorkerIdTakenException(workerId, name(holder.get()));
                }
                Thread.sleep(ASK_AGAIN);
                holder = holder(admin);
            }
        }
    }

    private Optional<MemberDescription> holder(Admin admin) throws InterruptedException {
        try {
            return admin.describeConsumerGroups(List.of(options.group())).all().get().get(options.group()).members()
                    .stream().filter(member -> member.groupInstanceId().equals(Optional.of(workerId)))
                    .filter(member -> !member.memberEpoch().equals(Optional.of(AWAY))).findAny();
        } catch (ExecutionException e) {
            return switch (e.getCause()) {
                case GroupIdNotFoundException _ -> Optional.empty();
                // joining will tell
                case RetriableException retriable -> {
                    LOG.info("who is in group {} cannot be told at the moment: {}", options.group(), retriable
                            .toString());
                    yield Optional.empty();
                }
                default -> throw new KafkaException("the members of group " + options.group() + " cannot be read: "
                        + e.getCause().getMessage(), e.getCause());
            };
        }
    }

    private Duration session(Admin admin) throws InterruptedException {
        var group = new ConfigResource(ConfigResource.Type.GROUP, options.group());
        try {
            ConfigEntry entry = admin.describeConfigs(List.of(group)).all().get().get(group).get(SESSION_TIMEOUT);
            return entry == null || entry.value() == null
                    ? DEFAULT_SESSION
                    : Duration.ofMillis(Long.parseLong(entry.value()));
        } catch (ExecutionException e) {
            LOG.info("the session timeout of group {} cannot be read, taken to be {} s: {}", options.group(),
                    DEFAULT_SESSION.toSeconds(), e.getCause().toString());
            return DEFAULT_SESSION;
        }
    }

    private static String name(MemberDescription member) {
        return member.clientId() + " at " + member.host();
    }
}
