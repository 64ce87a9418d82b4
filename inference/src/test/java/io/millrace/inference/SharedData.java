package io.millrace.inference;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.gguf.Metadata;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Models and golden data that lie beside the checkout; tests that need them are skipped where they are absent. */
public final class SharedData {
    private SharedData() {}

    /** The key-value pairs of a model. */
    public static Metadata metadata(String name) {
        try (Gguf file = Gguf.open(model(name))) {
            return file.metadata();
        }
    }

    public static Path model(String name) {
        return file("models/" + name);
    }

    public static Path corpus(String name) {
        return file("corpora/" + name);
    }

    public static JsonNode golden(String name) {
        try {
            return new ObjectMapper().readTree(file("golden/" + name).toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path file(String name) {
        Path directory = Path.of("").toAbsolutePath();
        while (directory != null && !Files.isDirectory(directory.resolve("shared/golden"))) {
            directory = directory.getParent();
        }
        assumeTrue(directory != null, "no folder shared/golden beside the checkout");
        return directory.resolve("shared").resolve(name);
    }
}
