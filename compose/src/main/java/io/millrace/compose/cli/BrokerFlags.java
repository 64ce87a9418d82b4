package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.schemas.Topics;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Which broker to talk to, and under which names. */
final class BrokerFlags {
    private static final String DEFAULT_SERVERS = "127.0.0.1:9092";

    @Option(names = "--bootstrap-servers", paramLabel = "HOST:PORT,...", description = "Kafka brokers to begin with; the one that 'millrace up' starts, on "
            + DEFAULT_SERVERS + ", unless given.")
    private String bootstrapServers;

    @Option(names = "--kafka-config", paramLabel = "FILE", description = "How to get in there: a properties file with Kafka's client settings for TLS and SASL (security.*, sasl.*, ssl.*).")
    private Path kafkaConfig;

    @Option(names = "--topic-prefix", paramLabel = "PREFIX", defaultValue = "millrace", description = "What topic names begin with; ${DEFAULT-VALUE} unless given.")
    private String topicPrefix;

    /** What was named. */
    Optional<BrokerAddress> given() {
        if (bootstrapServers == null && kafkaConfig != null) {
            throw new UserException("--kafka-config is for brokers of your own: name them with --bootstrap-servers");
        }
        Map<String, String> security = kafkaConfig == null ? Map.of() : KafkaSecurity.read(kafkaConfig);
        return Optional.ofNullable(bootstrapServers).map(BrokerAddress::parse)
                .map(address -> address.withSecurity(security));
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
