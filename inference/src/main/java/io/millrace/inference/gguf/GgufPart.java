package io.millrace.inference.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.Optional;

/**
 * One GGUF, which may be a whole model or one shard of it.
 *
 * @param rawMetadata the bytes of each key-value pair, by key
 * @param tensors by name, in the file's order
 * @param size of the file in bytes
 */
record GgufPart(Metadata metadata, Map<String, MemorySegment> rawMetadata, Map<String, Tensor> tensors, long size) {
    static final String NUMBER = "split.no";
    static final String COUNT = "split.count";
    static final String TENSORS = "split.tensors.count";
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    /** How far behind the last tensor another shard may begin. */
    private static final int MOST_PADDING_BYTES = 64;

    static GgufPart read(FileBytes bytes, String source) {
        var cursor = new Cursor(bytes, source);
        Header header = Header.read(cursor);
        MetadataReader.Contents pairs = MetadataReader.read(cursor, header.pairs());
        TensorDirectory.Contents contents = TensorDirectory.read(cursor, header.tensors(), pairs.metadata());
        var part = new GgufPart(pairs.metadata(), pairs.raw(), contents.tensors(), bytes.size());
        if (part.isShard()) {
            refuseJoined(bytes, contents.end(), source);
        }
        return part;
    }

    /** People join shards as they would join other pieces; each has its own directory, so that does not work. */
    private static void refuseJoined(FileBytes bytes, long end, String source) {
        for (long at = end; at <= Math.min(end + MOST_PADDING_BYTES, bytes.size() - Integer.BYTES); at++) {
            if (bytes.slice(at, Integer.BYTES).get(INT, 0) == Header.MAGIC) {
                throw new GgufException(source + ": these are the shards of a split model, joined byte by byte, which"
                        + " no program can read; fetch the shards again as separate files and name the first of them,"
                        + " or make one file of those with 'millrace merge'");
            }
        }
    }

    boolean isShard() {
        return shards() > 1;
    }

    /** How many files the model has. */
    int shards() {
        return metadata.count(COUNT, 1);
    }

    /** How many tensors the model has, over all shards, if the file says so. */
    Optional<Integer> modelTensors() {
        return metadata.has(TENSORS) ? Optional.of(metadata.count(TENSORS)) : Optional.empty();
    }

    /**
     * Makes sure that the file is what its name says.
     *
     * @throws GgufException if it is another shard, or of another model
     */
    void requireShard(ShardName name) {
        if (shards() != name.count() || metadata.count(NUMBER) != name.number() - 1) {
            throw new GgufException(metadata.source() + ": is shard " + (metadata.count(NUMBER, 0) + 1L) + " of "
                    + shards() + ", not " + name.number() + " of " + name.count()
                    + " as its name says; rename it as it was downloaded");
        }
    }
}
