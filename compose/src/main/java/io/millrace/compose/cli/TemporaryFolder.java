package io.millrace.compose.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A folder for files that are of use to one command only: it is deleted with them however the command ends, also when it is interrupted. */
final class TemporaryFolder implements AutoCloseable {
    private final Path path;
    private final OnInterrupt onInterrupt;

    private TemporaryFolder(Path path) {
        this.path = path;
        this.onInterrupt = new OnInterrupt(this::delete);
    }

    /** Where such folders are made. */
    static Path parent() {
        return Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath();
    }

    /** Makes a folder whose name begins so. */
    static TemporaryFolder create(String prefix) throws IOException {
        return new TemporaryFolder(Files.createTempDirectory(parent(), prefix));
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        delete();
        onInterrupt.close();
    }

    private void delete() {
        try {
            while (Files.exists(path)) {
                deleteOnce();
            }
        } catch (NoSuchFileException e) {
            // interrupted just when the command ended by itself, which deletes it as well
        } catch (IOException e) {
            throw new UncheckedIOException(path + " cannot be deleted", e);
        }
    }

    private void deleteOnce() throws IOException {
        List<Path> files;
        try (Stream<Path> listed = Files.list(path)) {
            files = listed.toList();
        }
        for (Path file : files) {
            Files.deleteIfExists(file);
        }
        try {
            Files.deleteIfExists(path);
        } catch (DirectoryNotEmptyException e) {
            // interrupted, the command may have begun another file meanwhile
        }
    }
}
