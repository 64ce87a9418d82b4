package io.millrace.inference.gguf;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/** Writes GGUF files byte by byte, sound ones and others. */
public final class GgufBuilder {
    private static final int ALIGNMENT = 32;

    private final ByteArrayOutputStream pairs = new ByteArrayOutputStream();
    private final ByteArrayOutputStream directory = new ByteArrayOutputStream();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();
    private int version = 3;
    private long pairCount;
    private long tensorCount;

    public GgufBuilder version(int newVersion) {
        version = newVersion;
        return this;
    }

    public GgufBuilder claimingPairs(long count) {
        pairCount = count;
        return this;
    }

    public GgufBuilder claimingTensors(long count) {
        tensorCount = count;
        return this;
    }

    public GgufBuilder string(String key, String value) {
        return pair(key, ValueType.STRING, out -> out.put(prefixed(value)));
    }

    public GgufBuilder count(String key, int value) {
        return pair(key, ValueType.UINT32, out -> out.putInt(value));
    }

    public GgufBuilder number(String key, float value) {
        return pair(key, ValueType.FLOAT32, out -> out.putFloat(value));
    }

    public GgufBuilder strings(String key, String... values) {
        return pair(key, ValueType.ARRAY, out -> {
            out.putInt(ValueType.STRING.id()).putLong(values.length);
            for (String value : values) {
                out.put(prefixed(value));
            }
        });
    }

    public GgufBuilder integers(String key, int... values) {
        return pair(key, ValueType.ARRAY, out -> {
            out.putInt(ValueType.INT32.id()).putLong(values.length);
            for (int value : values) {
                out.putInt(value);
            }
        });
    }

    public GgufBuilder numbers(String key, float... values) {
        return pair(key, ValueType.ARRAY, out -> {
            out.putInt(ValueType.FLOAT32.id()).putLong(values.length);
            for (float value : values) {
                out.putFloat(value);
            }
        });
    }

    GgufBuilder pair(String key, ValueType type, Consumer<ByteBuffer> value) {
        pairCount++;
        pairs.writeBytes(prefixed(key));
        pairs.writeBytes(bytes(out -> {
            out.putInt(type.id());
            value.accept(out);
        }));
        return this;
    }

    public GgufBuilder tensor(String name, TensorType type, byte[] contents, long... dimensions) {
        entry(name, type.id(), data.size(), dimensions);
        data.writeBytes(contents);
        data.writeBytes(new byte[Math.floorMod(-data.size(), ALIGNMENT)]);
        return this;
    }

    public GgufBuilder tensor(String name, float[] values, long... dimensions) {
        return tensor(name, TensorType.F32, bytes(out -> {
            for (float value : values) {
                out.putFloat(value);
            }
        }), dimensions);
    }

    /** An entry alone, whatever it says. */
    GgufBuilder entry(String name, int type, long offset, long... dimensions) {
        tensorCount++;
        directory.writeBytes(prefixed(name));
        directory.writeBytes(bytes(out -> {
            out.putInt(dimensions.length);
            for (long dimension : dimensions) {
                out.putLong(dimension);
            }
            out.putInt(type).putLong(offset);
        }));
        return this;
    }

    public byte[] build() {
        var file = new ByteArrayOutputStream();
        file.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
        file.writeBytes(bytes(out -> out.putInt(version).putLong(tensorCount).putLong(pairCount)));
        file.writeBytes(pairs.toByteArray());
        file.writeBytes(directory.toByteArray());
        if (data.size() > 0) {
            file.writeBytes(new byte[Math.floorMod(-file.size(), ALIGNMENT)]);
            file.writeBytes(data.toByteArray());
        }
        return file.toByteArray();
    }

    public Gguf open() {
        return Gguf.of(MemorySegment.ofArray(build()), "test.gguf");
    }

    static byte[] bytes(Consumer<ByteBuffer> writer) {
        ByteBuffer out = ByteBuffer.allocate(1 << 20).order(ByteOrder.LITTLE_ENDIAN);
        writer.accept(out);
        byte[] result = new byte[out.position()];
        out.flip().get(result);
        return result;
    }

    private static byte[] prefixed(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        return bytes(out -> out.putLong(utf8.length).put(utf8));
    }
}
