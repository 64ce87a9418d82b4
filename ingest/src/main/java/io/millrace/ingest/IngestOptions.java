package io.millrace.ingest;

import static java.util.Objects.requireNonNull;

import io.millrace.schemas.PromptCodec;
import io.millrace.schemas.Topics;
import java.time.Duration;
import java.util.Map;

/**
 * How a worker reads prompts.
 *
 * @param clientSettings settings for Kafka's clients: {@code bootstrap.servers}, and security if there is any
 * @param intake how workers share the prompts
 * @param group the consumer group, or share group, that shares the prompts; a name is of one kind only
 * @param maxInFlight how many prompts may be in hand at a time, running, waiting in the engine or waiting for their
 *            commit; 1 or more. Beyond it partitions are paused
 * @param maxPromptBytes larger prompts are refused; 1 or more
 * @param maxMetadataCharacters the broker's {@code offset.metadata.max.bytes}; 64 or more
 * @param maxAttempts how many attempts in a row may begin a prompt and add nothing to its stream, because their workers died; 1 or more.
 *            Then it becomes a dead letter
 * @param drainTimeout how long a closing worker lets running prompts go on; what is not finished then is another worker's
 */
public record IngestOptions(Map<String, Object> clientSettings, Topics topics, IntakeMode intake, String group,
        int maxInFlight, int maxPromptBytes, int maxMetadataCharacters, int maxAttempts, Duration drainTimeout) {
    public static final String DEFAULT_GROUP = "millrace-workers";
    public static final String DEFAULT_SHARE_GROUP = "millrace-sharing-workers";
    public static final int DEFAULT_MAX_IN_FLIGHT = 64;
    public static final int DEFAULT_MAX_ATTEMPTS = 3;
    public static final Duration DEFAULT_DRAIN_TIMEOUT = Duration.ofSeconds(5);

    public IngestOptions {
        clientSettings = Map.copyOf(clientSettings);
        requireNonNull(topics, "topics");
        requireNonNull(intake, "intake");
        requireNonNull(group, "group");
        requireNonNull(drainTimeout, "drainTimeout");
        require(maxInFlight >= 1, "maxInFlight", maxInFlight, "1 or more");
        require(maxPromptBytes >= 1, "maxPromptBytes", maxPromptBytes, "1 or more");
        require(maxMetadataCharacters >= 64, "maxMetadataCharacters", maxMetadataCharacters, "64 or more");
        require(maxAttempts >= 1, "maxAttempts", maxAttempts, "1 or more");
        require(!drainTimeout.isNegative(), "drainTimeout", drainTimeout, "0 or longer");
    }

    /** The defaults, with these brokers and topics. */
    public static IngestOptions of(Map<String, Object> clientSettings, Topics topics) {
        return new IngestOptions(clientSettings, topics, IntakeMode.GROUP, DEFAULT_GROUP, DEFAULT_MAX_IN_FLIGHT,
                PromptCodec.DEFAULT_MAX_BYTES, OffsetTracker.DEFAULT_MAX_METADATA_CHARACTERS, DEFAULT_MAX_ATTEMPTS,
                DEFAULT_DRAIN_TIMEOUT);
    }

    public IngestOptions withIntake(IntakeMode mode, String groupOfThatKind) {
        return new IngestOptions(clientSettings, topics, mode, groupOfThatKind, maxInFlight, maxPromptBytes,
                maxMetadataCharacters, maxAttempts, drainTimeout);
    }

    public IngestOptions withMaxInFlight(int prompts) {
        return new IngestOptions(clientSettings, topics, intake, group, prompts, maxPromptBytes, maxMetadataCharacters,
                maxAttempts, drainTimeout);
    }

    public IngestOptions withMaxPromptBytes(int bytes) {
        return new IngestOptions(clientSettings, topics, intake, group, maxInFlight, bytes, maxMetadataCharacters,
                maxAttempts, drainTimeout);
    }

    public IngestOptions withDrainTimeout(Duration timeout) {
        return new IngestOptions(clientSettings, topics, intake, group, maxInFlight, maxPromptBytes,
                maxMetadataCharacters,
                maxAttempts, timeout);
    }

    private static void require(boolean ok, String name, Object value, String range) {
        if (!ok) {
            throw new IllegalArgumentException(name + " must be " + range + ", not " + value);
        }
    }
}
