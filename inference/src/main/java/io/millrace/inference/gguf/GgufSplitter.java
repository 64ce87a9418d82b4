package io.millrace.inference.gguf;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Writes a model as shards, as llama.cpp's {@code gguf-split} does: the first has all metadata, each has some tensors. */
public final class GgufSplitter {
    private static final int MOST_SHARDS = 0xffff;

    private final int mostTensors;
    private final long mostBytes;

    /**
     * Says how large shards may get; a tensor is never cut.
     *
     * @param mostTensors in a shard, 1 or more
     * @param mostBytes of a shard's tensors, 1 or more
     */
    public GgufSplitter(int mostTensors, long mostBytes) {
        if (mostTensors < 1 || mostBytes < 1) {
            throw new IllegalArgumentException("a shard must have room for a tensor");
        }
        this.mostTensors = mostTensors;
        this.mostBytes = mostBytes;
    }

    /**
     * Writes {@code NAME-00001-of-00005.gguf} and so on, all of them or none.
     *
     * @param prefix folder and NAME
     * @param progress told how many shards are written, after each
     * @return the shards
     * @throws GgufException if one exists already or cannot be written
     */
    public List<Path> split(Gguf model, Path prefix, IntConsumer progress) {
        List<List<Tensor>> shards = shards(model);
        List<Path> paths = paths(model, prefix);
        paths.forEach(GgufWriter::requireNew);
        boolean whole = false;
        try {
            for (int i = 0; i < shards.size(); i++) {
                GgufWriter writer = i == 0 ? GgufWriter.withMetadataOf(model) : GgufWriter.empty();
                writer.uint16(GgufPart.NUMBER, i).int32(GgufPart.TENSORS, model.tensors().size())
                        .uint16(GgufPart.COUNT, shards.size()).tensors(shards.get(i)).write(paths.get(i));
                progress.accept(i + 1);
            }
            whole = true;
        } finally {
            if (!whole) {
                delete(paths);
            }
        }
        return paths;
    }

    /**
     * Where the shards of a model would be.
     *
     * @param prefix folder and NAME
     * @throws GgufException if there would be too many
     */
    public List<Path> paths(Gguf model, Path prefix) {
        int count = shards(model).size();
        if (count > MOST_SHARDS) {
            throw new GgufException(model.source() + ": would become " + count + " shards, more than " + MOST_SHARDS
                    + "; let them be larger");
        }
        return IntStream.rangeClosed(1, count).mapToObj(
                number -> prefix.resolveSibling(new ShardName(prefix.getFileName().toString(), number, count)
                        .toString()))
                .toList();
    }

    /**
     * Deletes what is there of shards whose writing was interrupted: without the others they are of no use.
     *
     * @throws GgufException if one cannot be deleted
     */
    public static void delete(List<Path> shards) {
        for (Path shard : shards) {
            GgufWriter.deleteUnfinished(shard);
            try {
                Files.deleteIfExists(shard);
            } catch (IOException e) {
                throw new GgufException(shard + ": is of no use, and cannot be deleted: " + e, e);
            }
        }
    }

    private List<List<Tensor>> shards(Gguf model) {
        List<List<Tensor>> shards = new ArrayList<>();
        List<Tensor> shard = new ArrayList<>();
        long bytes = 0;
        for (Tensor tensor : model.tensors()) {
            if (!shard.isEmpty() && (shard.size() == mostTensors || bytes + tensor.data().byteSize() > mostBytes)) {
                shards.add(shard);
                shard = new ArrayList<>();
                bytes = 0;
            }
            shard.add(tensor);
            bytes += tensor.data().byteSize();
        }
        shards.add(shard);
        return shards;
    }
}
