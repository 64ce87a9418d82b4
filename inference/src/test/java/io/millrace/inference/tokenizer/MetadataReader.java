package io.millrace.inference.tokenizer;

import io.millrace.inference.gguf.Metadata;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Reads the key-value pairs of a sound GGUF file. */
final class MetadataReader {
    private final ByteBuffer file;

    private MetadataReader(ByteBuffer file) {
        this.file = file;
    }

    static Metadata read(Path path) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN).position(16);
            return new Metadata(path.getFileName().toString(), new MetadataReader(bytes).pairs());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, Object> pairs() {
        Map<String, Object> pairs = new LinkedHashMap<>();
        for (long left = file.getLong(); left > 0; left--) {
            String key = string();
            pairs.put(key, value(file.getInt()));
        }
        return pairs;
    }

    private Object value(int type) {
        return switch (type) {
            case 0 -> (long) Byte.toUnsignedInt(file.get());
            case 4 -> Integer.toUnsignedLong(file.getInt());
            case 5 -> (long) file.getInt();
            case 6 -> (double) file.getFloat();
            case 7 -> file.get() != 0;
            case 8 -> string();
            case 9 -> array(file.getInt(), (int) file.getLong());
            default -> throw new IllegalArgumentException("type " + type);
        };
    }

    private Object array(int type, int length) {
        return switch (type) {
            case 4, 5 -> integers(length);
            case 6 -> numbers(length);
            case 8 -> Stream.generate(this::string).limit(length).toArray(String[]::new);
            default -> throw new IllegalArgumentException("array of type " + type);
        };
    }

    private long[] integers(int length) {
        long[] result = new long[length];
        for (int i = 0; i < length; i++) {
            result[i] = file.getInt();
        }
        return result;
    }

    private float[] numbers(int length) {
        float[] result = new float[length];
        for (int i = 0; i < length; i++) {
            result[i] = file.getFloat();
        }
        return result;
    }

    private String string() {
        byte[] bytes = new byte[(int) file.getLong()];
        file.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
