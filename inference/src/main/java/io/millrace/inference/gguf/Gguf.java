package io.millrace.inference.gguf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * An opened model: a GGUF file, version 2 or 3, or several that make up one. The tensors' bytes are mapped, not read. Safe for any thread until closed.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">the format</a>
 */
public final class Gguf implements AutoCloseable {
    private final Metadata metadata;
    private final Map<String, MemorySegment> rawMetadata;
    private final Map<String, Tensor> tensors;
    private final long size;
    private final Runnable unmap;

    private Gguf(GgufPart model, Runnable unmap) {
        this.metadata = model.metadata();
        this.rawMetadata = model.rawMetadata();
        this.tensors = model.tensors();
        this.size = model.size();
        this.unmap = unmap;
    }

    /**
     * Maps a model and reads its directory. Takes a GGUF file, a llamafile ({@code file@member} for one of several models in it), any shard of a split
     * model, or any part of a file that was cut into {@code .cat0}, {@code .cat1} and so on.
     *
     * @throws GgufException if a file is missing, unreadable, damaged, or no model; the message says which
     */
    public static Gguf open(Path path) {
        return open(path, true);
    }

    /**
     * Maps one file and reads its directory, as {@link #open}, but of a shard no more than what is in that shard.
     *
     * @throws GgufException as {@link #open}
     */
    public static Gguf openAlone(Path path) {
        return open(path, false);
    }

    @SuppressWarnings("MustBeClosed") // the arena lives as long as the Gguf, which closes it
    private static Gguf open(Path path, boolean whole) {
        Arena arena = Arena.ofShared();
        try {
            var files = new ModelFiles(arena);
            GgufPart part = files.part(path);
            return new Gguf(whole && part.isShard() ? files.join(path, part) : part, arena::close);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    /**
     * Reads the directory of a whole model that is in memory.
     *
     * @param source what to call it in messages
     * @throws GgufException as {@link #open}
     */
    public static Gguf of(MemorySegment bytes, String source) {
        GgufPart model = GgufPart.read(FileBytes.of(bytes), source);
        if (model.isShard()) {
            throw new GgufException(source + ": is one of " + model.shards() + " shards, not a whole model");
        }
        return new Gguf(model, () -> {});
    }

    public Metadata metadata() {
        return metadata;
    }

    /** The bytes of each key-value pair, by key, in the file's order. */
    Map<String, MemorySegment> rawMetadata() {
        return rawMetadata;
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

    /** Bytes of its files. */
    public long size() {
        return size;
    }

    /** Unmaps the file; its tensors must not be used any more. */
    @Override
    public void close() {
        unmap.run();
    }
}
