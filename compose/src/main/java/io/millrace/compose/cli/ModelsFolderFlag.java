package io.millrace.compose.cli;

import io.millrace.compose.pull.ModelsFolder;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where models are fetched to, and found by name. */
final class ModelsFolderFlag {
    @Option(names = "--models", paramLabel = "DIRECTORY", defaultValue = "${sys:user.home}/.millrace/models", description = "Where 'millrace pull' keeps models, and -m finds them by name; ${DEFAULT-VALUE} unless given.")
    private Path path;

    ModelsFolder folder() {
        return new ModelsFolder(path);
    }
}
