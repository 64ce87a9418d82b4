package io.millrace.compose.broker;

import io.millrace.compose.UserException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/** The broker's files, held by one process at a time: formatted on first use, checked on every later one. */
final class BrokerDirectory implements AutoCloseable {
    private static final String META_PROPERTIES = "meta.properties";
    private static final String META_PROPERTIES_VERSION = "1";

    private final Path directory;
    private final FileChannel lockFile;

    private BrokerDirectory(Path directory, FileChannel lockFile) {
        this.directory = directory;
        this.lockFile = lockFile;
    }

    /**
     * Takes hold of a directory, making it if need be.
     *
     * @throws UserException if it cannot be written, another process holds it, or its data cannot be used
     */
    static BrokerDirectory open(Path dataDirectory) {
        var directory = dataDirectory.toAbsolutePath().normalize();
        var opened = new BrokerDirectory(directory, lock(directory));
        try {
            opened.prepare();
            return opened;
        } catch (RuntimeException | Error e) {
            opened.close();
            throw e;
        }
    }

    Path path() {
        return directory;
    }

    private static FileChannel lock(Path directory) {
        FileChannel channel = null;
        try {
            Files.createDirectories(directory);
            channel = FileChannel.open(directory.resolve("millrace.lock"), StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // held by this very process
        } catch (IOException e) {
            closeQuietly(channel, e);
            throw new UserException("data directory " + directory
                    + " cannot be written: give one that can with --data (" + e + ")", e);
        }
        var inUse = new UserException("data directory " + directory
                + " is in use by another Millrace: stop that one, or give another directory with --data");
        closeQuietly(channel, inUse);
        throw inUse;
    }

    private static void closeQuietly(FileChannel channel, Exception cause) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }

    private void prepare() {
        var metaProperties = directory.resolve(META_PROPERTIES);
        try {
            if (Files.exists(metaProperties)) {
                check(metaProperties);
            } else {
                format();
            }
        } catch (UserException e) {
            throw e;
        } catch (Exception e) {
            throw new UserException("data directory " + directory
                    + " cannot be used: give another with --data, or move this one away (" + e + ")", e);
        }
    }

    private void check(Path metaProperties) throws Exception {
        var found = new Properties();
        try (var in = Files.newInputStream(metaProperties)) {
            found.load(in);
        }
        var version = found.getProperty("version");
        var node = found.getProperty("node.id");
        if (!META_PROPERTIES_VERSION.equals(version) || !String.valueOf(BrokerSettings.NODE_ID).equals(node)) {
            throw incompatible("meta.properties says version " + version + ", node " + node + "; expected version "
                    + META_PROPERTIES_VERSION + ", node " + BrokerSettings.NODE_ID);
        }
        checkMetadataVersion();
    }

    /** The latest snapshot of the cluster's metadata says how new a Kafka it needs. */
    private void checkMetadataVersion() throws Exception {
        Optional<Path> snapshot;
        try (var files = Files.list(directory.resolve("__cluster_metadata-0"))) {
            snapshot = files.filter(file -> file.toString().endsWith(".checkpoint")).max(Comparator.naturalOrder());
        }
        if (snapshot.isEmpty()) {
            throw incompatible("it holds no snapshot of its metadata");
        }
        try {
            BootstrapMetadata.fromCheckpointFile(snapshot.get()).metadataVersion();
        } catch (IllegalArgumentException e) {
            throw incompatible("its metadata version is newer than " + MetadataVersion.latestProduction());
        }
    }

    private UserException incompatible(String why) {
        return new UserException("data directory " + directory + " was written by an incompatible version of Kafka ("
                + why + "): give another with --data, or move this one away");
    }

    private void format() throws Exception {
        new Formatter().setPrintStream(new PrintStream(PrintStream.nullOutputStream()))
                .setNodeId(BrokerSettings.NODE_ID).setClusterId(Uuid.randomUuid().toString())
                .addDirectory(directory.toString()).setMetadataLogDirectory(directory.toString())
                .setControllerListenerName(BrokerSettings.CONTROLLER_LISTENER)
                .setReleaseVersion(MetadataVersion.latestProduction()).setIgnoreFormatted(true).run();
    }

    /** Lets go of the directory; its files stay. */
    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new UserException("data directory " + directory + " could not be released (" + e + ")", e);
        }
    }
}
