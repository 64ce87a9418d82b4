package io.millrace.compose.pull;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A file that has not come whole: {@code NAME.part} holds its bytes, {@code NAME.part.json} how far each piece of it has come. Whoever has it open has
 * it alone. Safe for any thread.
 */
final class PartFile implements AutoCloseable {
    static final String ENDING = ".part";
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * What {@code NAME.part.json} holds.
     *
     * @param pieceBytes of each piece, but for the last
     * @param received by piece, bytes from its beginning
     */
    record State(Version version, long pieceBytes, List<Long> received) {
        long bytes() {
            return received.stream().mapToLong(Long::longValue).sum();
        }

        private boolean isSound() {
            return version != null && pieceBytes > 0 && received != null && version.size() >= 0
                    && received.size() == pieces(version.size(), pieceBytes) && fits();
        }

        private boolean fits() {
            for (int piece = 0; piece < received.size(); piece++) {
                Long bytes = received.get(piece);
                if (bytes == null || bytes < 0 || bytes > Math.min(pieceBytes, version.size() - piece * pieceBytes)) {
                    return false;
                }
            }
            return true;
        }
    }

    private final Path target;
    private final FileChannel channel;
    private final Version version;
    private final long pieceBytes;
    private final long[] received;

    private PartFile(Path target, FileChannel channel, Version version, long pieceBytes, long[] received) {
        this.target = target;
        this.channel = channel;
        this.version = version;
        this.pieceBytes = pieceBytes;
        this.received = received;
    }

    /**
     * Opens what there is of a file, or begins it.
     *
     * @param pieceBytes if it is begun
     * @throws PullException if another process has it open
     */
    static PartFile open(Path target, Version version, long pieceBytes) throws IOException {
        Files.createDirectories(target.getParent());
        FileChannel channel = FileChannel.open(part(target), StandardOpenOption.CREATE, StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        try {
            lock(channel, target);
            State found = state(target).filter(state -> version.continues(state.version())).orElse(null);
            if (found != null && channel.size() <= version.size()) {
                return new PartFile(target, channel, version, found.pieceBytes, found.received.stream().mapToLong(
                        Long::longValue).toArray());
            }
            channel.truncate(0);
            // what cannot be had in pieces is one
            long length = version.ranges() ? pieceBytes : Long.MAX_VALUE;
            var part = new PartFile(target, channel, version, length, new long[pieces(version.size(), length)]);
            part.save();
            return part;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void lock(FileChannel channel, Path target) throws IOException {
        try {
            if (channel.tryLock() != null) {
                return;
            }
        } catch (OverlappingFileLockException _) {
            // this very process has it
        }
        throw new PullException(target + ": another millrace is fetching it; wait for that one, or end it");
    }

    private static int pieces(long size, long pieceBytes) {
        return size < 0 ? 1 : Math.toIntExact(Math.ceilDiv(size, pieceBytes));
    }

    /** How far a file has come; empty if it was not begun, or not so that it could go on. */
    static Optional<State> state(Path target) {
        Path file = notes(target);
        try {
            State state = Files.exists(file) ? JSON.readValue(file.toFile(), State.class) : null;
            return Optional.ofNullable(state).filter(State::isSound);
        } catch (IOException _) {
            // a process that was killed may have left anything; it is fetched again then
            return Optional.empty();
        }
    }

    static Path part(Path target) {
        return target.resolveSibling(target.getFileName() + ENDING);
    }

    private static Path notes(Path target) {
        return target.resolveSibling(target.getFileName() + ENDING + ".json");
    }

    Path file() {
        return part(target);
    }

    int pieces() {
        return received.length;
    }

    /** Where in the file a piece goes on. */
    synchronized long position(int piece) {
        return piece * pieceBytes + received[piece];
    }

    /** How much of a piece is to come. */
    synchronized long missing(int piece) {
        return Math.min(pieceBytes, version.size() - piece * pieceBytes) - received[piece];
    }

    synchronized long bytes() {
        return Arrays.stream(received).sum();
    }

    /** Takes the next bytes of a piece; each piece has one thread that writes. */
    void write(int piece, byte[] bytes, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes, 0, count);
        long at = position(piece);
        while (buffer.hasRemaining()) {
            at += channel.write(buffer, at);
        }
        synchronized (this) {
            received[piece] += count;
        }
    }

    /** Forgets what has come of a file that can only be had from its beginning. */
    synchronized void restart() throws IOException {
        Arrays.fill(received, 0);
        channel.truncate(0);
    }

    /** Notes how far it has come, for whoever goes on; first the bytes, so that no byte is noted that is not there. */
    void save() throws IOException {
        State state;
        synchronized (this) {
            state = new State(version, pieceBytes, Arrays.stream(received).boxed().toList());
        }
        channel.force(false);
        Path notes = notes(target);
        Path next = notes.resolveSibling(notes.getFileName() + ".new");
        JSON.writeValue(next.toFile(), state);
        Files.move(next, notes, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Makes it the file that it was to become. */
    void finish() throws IOException {
        channel.force(true);
        Files.move(file(), target, StandardCopyOption.ATOMIC_MOVE);
        Files.deleteIfExists(notes(target));
    }

    /** Throws away what has come. */
    void discard() throws IOException {
        Files.deleteIfExists(notes(target));
        Files.deleteIfExists(file());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
