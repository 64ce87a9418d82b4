package io.millrace.compose.cli;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where {@code up} keeps its broker, and where that listens. */
final class UpFlags {
    @Option(names = "--data", paramLabel = "DIRECTORY", defaultValue = "${sys:user.home}/.millrace/kafka", description = "Where the broker keeps its topics; ${DEFAULT-VALUE} unless given.")
    private Path data;

    @Option(names = "--kafka-port", paramLabel = "PORT", defaultValue = "9092", description = "Port of the broker, 0 for a free one; ${DEFAULT-VALUE} unless given.")
    private int kafkaPort;

    Path data() {
        return data;
    }

    int kafkaPort() {
        return kafkaPort;
    }
}
