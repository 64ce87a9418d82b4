package io.millrace.inference.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Writes GGUF files, version 3: key-value pairs copied from a file or new, and tensors copied or computed. For one thread. */
public final class GgufWriter {
    private static final int VERSION = 3;
    private static final int MOST_BYTES_AT_ONCE = 1 << 24;

    private final Map<String, byte[]> pairs = new LinkedHashMap<>();
    private final List<Entry> entries = new ArrayList<>();
    private final int alignment;

    /** Writes a tensor's bytes, as many as its type and dimensions take. */
    @FunctionalInterface
    public interface Data {
        void writeTo(FileChannel channel) throws IOException;
    }

    private record Entry(String name, TensorType type, List<Long> dimensions, Data data) {
        long bytes() {
            return type.bytes(dimensions.stream().reduce(1L, Math::multiplyExact));
        }
    }

    private GgufWriter(int alignment) {
        this.alignment = alignment;
    }

    /** Begins with a model's key-value pairs, but for those that tell of its shards. */
    public static GgufWriter withMetadataOf(Gguf model) {
        var writer = new GgufWriter(
                model.metadata().count("general.alignment", TensorDirectory.DEFAULT_ALIGNMENT));
        model.rawMetadata().forEach((key, bytes) -> {
            if (!List.of(GgufPart.NUMBER, GgufPart.COUNT, GgufPart.TENSORS).contains(key)) {
                writer.pairs.put(key, bytes.toArray(ValueLayout.JAVA_BYTE));
            }
        });
        return writer;
    }

    /** Begins with no pair, and so with the alignment of files that do not say. */
    public static GgufWriter empty() {
        return new GgufWriter(TensorDirectory.DEFAULT_ALIGNMENT);
    }

    /** Puts a number, in place of what its key held. */
    public GgufWriter uint32(String key, int value) {
        return put(key, ValueType.UINT32, littleEndian(Integer.BYTES, out -> out.putInt(value)));
    }

    public GgufWriter float32(String key, float value) {
        return put(key, ValueType.FLOAT32, littleEndian(Float.BYTES, out -> out.putFloat(value)));
    }

    public GgufWriter string(String key, String value) {
        return put(key, ValueType.STRING, string(value));
    }

    public GgufWriter strings(String key, List<String> values) {
        var elements = new ByteArrayOutputStream();
        values.forEach(value -> elements.writeBytes(string(value)));
        return putArray(key, ValueType.STRING, values.size(), elements.toByteArray());
    }

    public GgufWriter float32s(String key, float... values) {
        return putArray(key, ValueType.FLOAT32, values.length,
                littleEndian(Float.BYTES * values.length, out -> out.asFloatBuffer().put(values)));
    }

    public GgufWriter int32s(String key, int... values) {
        return putArray(key, ValueType.INT32, values.length,
                littleEndian(Integer.BYTES * values.length, out -> out.asIntBuffer().put(values)));
    }

    private GgufWriter putArray(String key, ValueType type, int count, byte[] elements) {
        return put(key, ValueType.ARRAY, littleEndian(Integer.BYTES + Long.BYTES + elements.length,
                out -> out.putInt(type.id()).putLong(count).put(elements)));
    }

    GgufWriter uint16(String key, int value) {
        return put(key, ValueType.UINT16, littleEndian(Short.BYTES, out -> out.putShort((short) value)));
    }

    GgufWriter int32(String key, int value) {
        return put(key, ValueType.INT32, littleEndian(Integer.BYTES, out -> out.putInt(value)));
    }

    private GgufWriter put(String key, ValueType type, byte[] value) {
        var pair = new ByteArrayOutputStream();
        pair.writeBytes(string(key));
        pair.writeBytes(littleEndian(Integer.BYTES, out -> out.putInt(type.id())));
        pair.writeBytes(value);
        pairs.put(key, pair.toByteArray());
        return this;
    }

    /** Adds tensors as they are. */
    public GgufWriter tensors(Collection<Tensor> tensors) {
        tensors.forEach(tensor -> tensor(tensor.name(), tensor.type(), tensor.dimensions(),
                channel -> write(channel, tensor.data())));
        return this;
    }

    /** Adds a tensor whose bytes are made when the file is written. */
    public GgufWriter tensor(String name, TensorType type, List<Long> dimensions, Data data) {
        entries.add(new Entry(name, type, List.copyOf(dimensions), data));
        return this;
    }

    /**
     * Writes the file, whole or not at all.
     *
     * @throws GgufException if it exists already, or cannot be written
     */
    public void write(Path path) {
        Path unfinished = unfinished(path);
        requireNew(path);
        try {
            try (var channel = FileChannel.open(unfinished, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                writeAll(channel);
            }
            Files.move(unfinished, path);
        } catch (IOException e) {
            throw new GgufException(path + ": cannot be written: " + e, e);
        } finally {
            deleteUnfinished(path);
        }
    }

    private static Path unfinished(Path path) {
        return path.resolveSibling(path.getFileName() + ".part");
    }

    /**
     * Makes sure that no file is overwritten, before work is done that would be in vain.
     *
     * @throws GgufException if it exists already
     */
    public static void requireNew(Path path) {
        if (Files.exists(path)) {
            throw new GgufException(path + ": exists already; remove it, or name another file");
        }
    }

    /**
     * Deletes what is there of a file whose writing was interrupted, which is of no use.
     *
     * @param path as given to {@link #write}
     */
    public static void deleteUnfinished(Path path) {
        Path unfinished = unfinished(path);
        try {
            Files.deleteIfExists(unfinished);
        } catch (IOException e) {
            throw new GgufException(unfinished + ": is of no use, and cannot be deleted: " + e, e);
        }
    }

    /** How large the file will be. */
    public long size() {
        long size = align(head().length);
        for (Entry entry : entries) {
            size += align(entry.bytes());
        }
        return size;
    }

    private byte[] head() {
        var head = new ByteArrayOutputStream();
        head.writeBytes(littleEndian(2 * Integer.BYTES + 2 * Long.BYTES, out -> out.putInt(Header.MAGIC)
                .putInt(VERSION).putLong(entries.size()).putLong(pairs.size())));
        pairs.values().forEach(head::writeBytes);
        long offset = 0;
        for (Entry entry : entries) {
            head.writeBytes(directoryEntry(entry, offset));
            offset = align(offset + entry.bytes());
        }
        return head.toByteArray();
    }

    private void writeAll(FileChannel channel) throws IOException {
        write(channel, MemorySegment.ofArray(head()));
        pad(channel);
        for (Entry entry : entries) {
            long start = channel.position();
            entry.data().writeTo(channel);
            if (channel.position() - start != entry.bytes()) {
                throw new IllegalStateException("the tensor " + entry.name() + " takes " + entry.bytes()
                        + " bytes, but " + (channel.position() - start) + " were written");
            }
            pad(channel);
        }
    }

    private static byte[] directoryEntry(Entry entry, long offset) {
        byte[] name = string(entry.name());
        int size = name.length + 2 * Integer.BYTES + (entry.dimensions().size() + 1) * Long.BYTES;
        return littleEndian(size, out -> {
            out.put(name).putInt(entry.dimensions().size());
            entry.dimensions().forEach(out::putLong);
            out.putInt(entry.type().id()).putLong(offset);
        });
    }

    private static byte[] string(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return littleEndian(Long.BYTES + utf8.length, out -> out.putLong(utf8.length).put(utf8));
    }

    private static byte[] littleEndian(int size, Consumer<ByteBuffer> contents) {
        var bytes = new byte[size];
        contents.accept(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
        return bytes;
    }

    private long align(long position) {
        return Math.ceilDiv(position, (long) alignment) * alignment;
    }

    private void pad(FileChannel channel) throws IOException {
        var padding = new byte[(int) (align(channel.position()) - channel.position())];
        write(channel, MemorySegment.ofArray(padding));
    }

    /** Writes all of some bytes, however many. */
    public static void write(FileChannel channel, MemorySegment bytes) throws IOException {
        for (long at = 0; at < bytes.byteSize(); at += MOST_BYTES_AT_ONCE) {
            ByteBuffer piece = bytes.asSlice(at, Math.min(MOST_BYTES_AT_ONCE, bytes.byteSize() - at)).asByteBuffer();
            while (piece.hasRemaining()) {
                channel.write(piece);
            }
        }
    }
}
