package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.schemas.Topics;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which broker to talk to, and under which names. */
final class BrokerFlags {
    private static final String DEFAULT_SERVERS = "127.0.0.1:9092";

    @Option(names = "--bootstrap-servers", paramLabel = "HOST:PORT,...", description = "Kafka brokers to begin with; the one that 'millrace up' starts, on "
            + DEFAULT_SERVERS + ", unless given.")
    private String bootstrapServers;

    @Option(names = "--topic-prefix", paramLabel = "PREFIX", defaultValue = "millrace", description = "What topic names begin with; ${DEFAULT-VALUE} unless given.")
    private String topicPrefix;

    /** What was named. */
    Optional<BrokerAddress> given() {
        return Optional.ofNullable(bootstrapServers).map(BrokerAddress::parse);
    }

    /** What was named, or where {@code up} starts its own. */
    BrokerAddress address() {
        return given().orElseGet(() -> BrokerAddress.parse(DEFAULT_SERVERS));
    }

    Topics topics() {
        try {
            return new Topics(topicPrefix);
        } catch (IllegalArgumentException e) {
            throw new UserException("--topic-prefix: " + e.getMessage(), e);
        }
    }
}
