package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.compose.client.BrokerAddress;
import java.io.PrintWriter;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How long to bear with a Kafka that is out of reach. */
final class OutageFlags {
    @Option(names = "--give-up-after", paramLabel = "SECONDS", defaultValue = "60", description = "End with status 1 when Kafka has been out of reach for so long; ${DEFAULT-VALUE} unless given.")
    private int seconds;

    Outage outage(BrokerAddress address, PrintWriter errors) {
        if (seconds < 1) {
            throw new UserException("--give-up-after must be 1 or more, not " + seconds);
        }
        return new Outage(address, Duration.ofSeconds(seconds), errors);
    }
}
