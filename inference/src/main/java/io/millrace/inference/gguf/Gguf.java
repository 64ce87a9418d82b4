package io.millrace.inference.gguf;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * An opened GGUF file, version 2 or 3. The tensors' bytes are mapped, not read. Safe for any thread until closed.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">the format</a>
 */
public final class Gguf implements AutoCloseable {
    private final Metadata metadata;
    private final Map<String, Tensor> tensors;
    private final long size;
    private final Runnable unmap;

    private Gguf(Metadata metadata, Map<String, Tensor> tensors, long size, Runnable unmap) {
        this.metadata = metadata;
        this.tensors = tensors;
        this.size = size;
        this.unmap = unmap;
    }

    /**
     * Maps a file and reads its directory.
     *
     * @throws GgufException if the file is missing, unreadable, damaged, or no GGUF file; the message says which
     */
    @SuppressWarnings("MustBeClosed") // the arena lives as long as the Gguf, which closes it
    public static Gguf open(Path path) {
        String source = path.toString();
        if (Files.isDirectory(path)) {
            throw new GgufException(source + ": is a directory; name the model file in it");
        }
        Arena arena = Arena.ofShared();
        try (FileChannel channel = FileChannel.open(path)) {
            return parse(channel.map(MapMode.READ_ONLY, 0, channel.size(), arena), source, arena::close);
        } catch (IOException e) {
            arena.close();
            throw new GgufException(source + ": " + reason(e), e);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private static String reason(IOException e) {
        return switch (e) {
            case NoSuchFileException _ -> "there is no such file";
            case AccessDeniedException _ -> "this user may not read the file";
            default -> "the file cannot be read: " + e.getMessage();
        };
    }

    /**
     * Reads the directory of a file that is in memory.
     *
     * @param source what to call it in messages
     * @throws GgufException as {@link #open}
     */
    public static Gguf of(MemorySegment bytes, String source) {
        return parse(bytes, source, () -> {});
    }

    private static Gguf parse(MemorySegment bytes, String source, Runnable unmap) {
        var cursor = new Cursor(bytes, source);
        Header header = Header.read(cursor);
        Metadata metadata = MetadataReader.read(cursor, header.pairs());
        if (metadata.count("split.count", 1) > 1) {
            throw new GgufException(source + ": is one part of " + metadata.count("split.count")
                    + " of a split model, which this version cannot load; merge them with llama-gguf-split --merge");
        }
        Map<String, Tensor> tensors = TensorDirectory.read(cursor, header.tensors(), metadata);
        return new Gguf(metadata, tensors, bytes.byteSize(), unmap);
    }

    public Metadata metadata() {
        return metadata;
    }

    /** In the file's order. */
    public Collection<Tensor> tensors() {
        return tensors.values();
    }

    public Optional<Tensor> find(String name) {
        return Optional.ofNullable(tensors.get(name));
    }

    /**
     * A tensor that must be there.
     *
     * @throws GgufException if it is not
     */
    public Tensor tensor(String name) {
        return find(name).orElseThrow(() -> new GgufException(source() + ": the tensor " + name + " is missing"));
    }

    /** The file's name, for messages. */
    public String source() {
        return metadata.source();
    }

    /** Bytes of the file. */
    public long size() {
        return size;
    }

    /** Unmaps the file; its tensors must not be used any more. */
    @Override
    public void close() {
        unmap.run();
    }
}
