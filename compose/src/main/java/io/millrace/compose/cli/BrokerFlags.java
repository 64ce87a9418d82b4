package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.schemas.Topics;
import picocli.CommandLine.Option;

/** Which broker to talk to, and under which names. */
final class BrokerFlags {
    @Option(names = "--bootstrap-servers", paramLabel = "HOST:PORT,...", defaultValue = "127.0.0.1:9092", description = "Kafka brokers to begin with; ${DEFAULT-VALUE} unless given.")
    private String bootstrapServers;

    @Option(names = "--topic-prefix", paramLabel = "PREFIX", defaultValue = "millrace", description = "What topic names begin with; ${DEFAULT-VALUE} unless given.")
    private String topicPrefix;

    BrokerAddress address() {
        return BrokerAddress.parse(bootstrapServers);
    }

    Topics topics() {
        try {
            return new Topics(topicPrefix);
        } catch (IllegalArgumentException e) {
            throw new UserException("--topic-prefix: " + e.getMessage(), e);
        }
    }
}
