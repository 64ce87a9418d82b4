package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import picocli.CommandLine.Option;

/** How topics are made that are not there yet. */
final class TopicFlags {
    @Option(names = "--partitions", paramLabel = "N", defaultValue = "8", description = "Partitions of topics that are made, the most workers that can share the prompts by --intake group; ${DEFAULT-VALUE} unless given.")
    private int partitions;

    int partitions() {
        if (partitions < 1) {
            throw new UserException("--partitions must be 1 or more, not " + partitions);
        }
        return partitions;
    }
}
