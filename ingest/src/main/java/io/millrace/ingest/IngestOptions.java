package io.millrace.ingest;

import static java.util.Objects.requireNonNull;

import io.millrace.schemas.PromptCodec;
import io.millrace.schemas.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.kafka.clients.CommonClientConfigs;

/**
 * How a worker reads prompts.
 *
 * @param clientSettings settings for Kafka's clients: {@code bootstrap.servers}, and security if there is any
 * @param intake how workers share the prompts
 * @param group the consumer group, or share group, that shares the prompts; a name is of one kind only
 * @param workerId under which the consumer group keeps a place for this worker while it starts again (static membership), up to 100 of
 *            {@code A-Z a-z 0-9 . _ -}; empty if it is a new member each time. Share groups keep no places
 * @param maxInFlight how many prompts may be in hand at a time, running, waiting in the engine or waiting for their
 *            commit; 1 or more. Beyond it partitions are paused
 * @param maxPromptBytes larger prompts are refused; 1 or more
 * @param maxMetadataCharacters the broker's {@code offset.metadata.max.bytes}; 64 or more
 * @param maxAttempts how many attempts in a row may begin a prompt and add nothing to its stream, because their workers died; 1 or more.
 *            Then it becomes a dead letter
 * @param drainTimeout how long a closing worker lets running prompts go on; what is not finished then is another worker's
 */
public record IngestOptions(Map<String, Object> clientSettings, Topics topics, IntakeMode intake, String group,
        Optional<String> workerId, int maxInFlight, int maxPromptBytes, int maxMetadataCharacters, int maxAttempts,
        Duration drainTimeout) {
    public static final String DEFAULT_GROUP = "millrace-workers";
    public static final String DEFAULT_SHARE_GROUP = "millrace-sharing-workers";
    public static final int DEFAULT_MAX_IN_FLIGHT = 64;
    public static final int DEFAULT_MAX_ATTEMPTS = 3;
    public static final Duration DEFAULT_DRAIN_TIMEOUT = Duration.ofSeconds(5);

    private static final Pattern WORKER_ID = Pattern.compile("[A-Za-z0-9._-]{1,100}");

    public IngestOptions {
        clientSettings = Map.copyOf(clientSettings);
        requireNonNull(topics, "topics");
        requireNonNull(intake, "intake");
        requireNonNull(group, "group");
        requireNonNull(drainTimeout, "drainTimeout");
        workerId.ifPresent(id -> require(isWorkerId(id), "workerId", "'" + id + "'",
                "up to 100 letters, digits, '.', '_' and '-'"));
        require(workerId.isEmpty() || intake == IntakeMode.GROUP, "workerId", workerId.orElse(""),
                "left out with intake by share group, which keeps no places");
        require(maxInFlight >= 1, "maxInFlight", maxInFlight, "1 or more");
        require(maxPromptBytes >= 1, "maxPromptBytes", maxPromptBytes, "1 or more");
        require(maxMetadataCharacters >= 64, "maxMetadataCharacters", maxMetadataCharacters, "64 or more");
        require(maxAttempts >= 1, "maxAttempts", maxAttempts, "1 or more");
        require(!drainTimeout.isNegative(), "drainTimeout", drainTimeout, "0 or longer");
    }

    /** The defaults, with these brokers and topics. */
    public static IngestOptions of(Map<String, Object> clientSettings, Topics topics) {
        return new IngestOptions(clientSettings, topics, IntakeMode.GROUP, DEFAULT_GROUP, Optional.empty(),
                DEFAULT_MAX_IN_FLIGHT,
                PromptCodec.DEFAULT_MAX_BYTES, OffsetTracker.DEFAULT_MAX_METADATA_CHARACTERS, DEFAULT_MAX_ATTEMPTS,
                DEFAULT_DRAIN_TIMEOUT);
    }

    public IngestOptions withIntake(IntakeMode mode, String groupOfThatKind) {
        return new IngestOptions(clientSettings, topics, mode, groupOfThatKind, workerId, maxInFlight, maxPromptBytes,
                maxMetadataCharacters, maxAttempts, drainTimeout);
    }

    public IngestOptions withGroup(String otherGroup) {
        return new IngestOptions(clientSettings, topics, intake, otherGroup, workerId, maxInFlight, maxPromptBytes,
                maxMetadataCharacters, maxAttempts, drainTimeout);
    }

    public IngestOptions withWorkerId(String id) {
        return new IngestOptions(clientSettings, topics, intake, group, Optional.of(id), maxInFlight, maxPromptBytes,
                maxMetadataCharacters, maxAttempts, drainTimeout);
    }

    public IngestOptions withMaxInFlight(int prompts) {
        return new IngestOptions(clientSettings, topics, intake, group, workerId, prompts, maxPromptBytes,
                maxMetadataCharacters,
                maxAttempts, drainTimeout);
    }

    public IngestOptions withMaxPromptBytes(int bytes) {
        return new IngestOptions(clientSettings, topics, intake, group, workerId, maxInFlight, bytes,
                maxMetadataCharacters,
                maxAttempts, drainTimeout);
    }

    public IngestOptions withDrainTimeout(Duration timeout) {
        return new IngestOptions(clientSettings, topics, intake, group, workerId, maxInFlight, maxPromptBytes,
                maxMetadataCharacters,
                maxAttempts, timeout);
    }

    /** Whether a worker can have this id. */
    public static boolean isWorkerId(String id) {
        return WORKER_ID.matcher(id).matches();
    }

    /** The settings for one of the worker's clients, which bears the worker's id, if it has one, and what it is for. */
    public Map<String, Object> clientSettings(String purpose) {
        var settings = new HashMap<>(clientSettings);
        workerId.ifPresent(id -> settings.put(CommonClientConfigs.CLIENT_ID_CONFIG, "millrace-worker-" + id + "-"
                + purpose));
        return Map.copyOf(settings);
    }

    private static void require(boolean ok, String name, Object value, String range) {
        if (!ok) {
            throw new IllegalArgumentException(name + " must be " + range + ", not " + value);
        }
    }
}
