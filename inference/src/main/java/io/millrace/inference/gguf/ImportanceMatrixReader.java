package io.millrace.inference.gguf;

import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads the two forms of llama.cpp's importance matrices: GGUF, with sums of squares in {@code NAME.in_sum2} and over how many in {@code NAME.counts}; and before it, entries of a
 * name, a count and sums, one after the other.
 */
final class ImportanceMatrixReader {
    private static final String SUMS = ".in_sum2";
    private static final String COUNTS = ".counts";
    private static final String KIND = "imatrix";
    /** An empty name's length, a count, how many values, and one. */
    private static final int LEAST_ENTRY_BYTES = 16;
    private static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);

    private final String source;
    private final Map<String, float[]> columns = new LinkedHashMap<>();

    private ImportanceMatrixReader(String source) {
        this.source = source;
    }

    static Map<String, float[]> read(Path path) {
        try (var arena = Arena.ofConfined()) {
            FileBytes bytes = new ModelFiles(arena).map(path);
            var reader = new ImportanceMatrixReader(path.toString());
            if (Llamafile.isGguf(bytes)) {
                reader.readTensors(GgufPart.read(bytes, reader.source));
            } else {
                reader.readEntries(new Cursor(bytes, reader.source));
            }
            return reader.columns;
        }
    }

    private void readTensors(GgufPart file) {
        String kind = file.metadata().optionalString("general.type").orElse("a model");
        if (!kind.equals(KIND)) {
            throw new GgufException(source + ": is no importance matrix: general.type is " + kind + ", not " + KIND);
        }
        file.tensors().forEach((name, sums) -> {
            if (name.endsWith(SUMS)) {
                String tensor = name.substring(0, name.length() - SUMS.length());
                put(tensor, values(sums), counts(file, tensor, sums));
            }
        });
        if (columns.isEmpty()) {
            throw new GgufException(source + ": holds no tensor with a name in " + SUMS);
        }
    }

    private float[] counts(GgufPart file, String tensor, Tensor sums) {
        Tensor counts = file.tensors().get(tensor + COUNTS);
        if (counts == null) {
            throw new GgufException(source + ": has " + tensor + SUMS + " but no " + tensor + COUNTS);
        }
        if (counts.elements() != sums.rows()) {
            throw new GgufException(source + ": " + counts.name() + " has " + counts.elements() + " values for "
                    + sums.rows() + " rows of sums");
        }
        return values(counts);
    }

    private float[] values(Tensor tensor) {
        if (tensor.type() != TensorType.F32) {
            throw new GgufException(source + ": " + tensor.name() + " is in " + tensor.type() + ", not in F32");
        }
        return tensor.data().toArray(FLOAT);
    }

    private void readEntries(Cursor cursor) {
        int entries = cursor.nextInt("the number of entries");
        if (entries < 1 || entries > cursor.remaining() / LEAST_ENTRY_BYTES) {
            throw cursor.refused("is neither GGUF nor an importance matrix of the form before it, where the number of"
                    + " entries would be " + entries + " in " + cursor.bytes().size() + " bytes");
        }
        for (int i = 1; i <= entries; i++) {
            String entry = "entry " + i + "'s ";
            String name = cursor.nextString(count(cursor, 0, Byte.BYTES, entry + "name length"), entry + "name");
            int calls = cursor.nextInt(entry + "count");
            var sums = new float[count(cursor, 1, Float.BYTES, entry + "number of values")];
            for (int j = 0; j < sums.length; j++) {
                sums[j] = cursor.nextFloat(entry + "values");
            }
            if (columns.containsKey(name)) {
                throw cursor.damaged(entry + "name, " + name + ", is there twice");
            }
            put(name, sums, new float[]{calls});
        }
    }

    private static int count(Cursor cursor, int least, int bytesEach, String what) {
        int count = cursor.nextInt(what);
        if (count < least || count > cursor.remaining() / bytesEach) {
            throw cursor.damaged(what + " is " + count + ", with " + cursor.remaining() + " bytes left");
        }
        return count;
    }

    /** Puts the sums' means; where nothing was counted, the columns are alike. */
    private void put(String name, float[] sums, float[] counts) {
        int width = sums.length / counts.length;
        for (int i = 0; i < sums.length; i++) {
            float count = counts[i / width];
            float mean = count > 0 ? sums[i] / count : 1;
            if (!(mean >= 0 && Float.isFinite(mean))) {
                throw new GgufException(source + ": value " + i + " of " + name + " is " + sums[i] + ", counted over "
                        + count + "; an importance is a finite number, 0 or more");
            }
            sums[i] = mean;
        }
        columns.put(name, sums);
    }
}
