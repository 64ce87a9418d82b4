package io.millrace.compose.cli;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.compose.program.Program;
import java.nio.file.Files;
import java.nio.file.Path;

/** Files that tests of commands are run on. */
final class ModelFiles {
    static final Path DEMO = Program.root()
            .resolve("inference/src/main/resources/models/millrace-demo-Q8_0.gguf");

    private ModelFiles() {}

    /** Reference data, which is not part of the repository; the test is skipped where there is none. */
    static Path shared(String name) {
        Path file = Program.root().resolveSibling("shared").resolve(name);
        assumeTrue(Files.exists(file), "no file shared/" + name + " beside the checkout");
        return file;
    }
}
