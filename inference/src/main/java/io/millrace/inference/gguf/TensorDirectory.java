package io.millrace.inference.gguf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads where each tensor is, and checks that it can be there. */
final class TensorDirectory {
    private static final int MOST_DIMENSIONS = 4;
    static final int DEFAULT_ALIGNMENT = 32;
    /** No type packs more. */
    private static final int MOST_ELEMENTS_PER_BYTE = 8;
    private static final int MOST_ALIGNMENT = 1 << 20;

    /**
     * @param offset of the first byte, from the beginning of the data part
     * @param bytes the tensor's size
     */
    private record Entry(String name, TensorType type, List<Long> dimensions, long offset, long bytes) {}

    private final Cursor cursor;

    private TensorDirectory(Cursor cursor) {
        this.cursor = cursor;
    }

    /**
     * The tensors of a file, in its order.
     *
     * @param end where the last of them ends in the file
     */
    record Contents(Map<String, Tensor> tensors, long end) {}

    /** Reads the directory and leaves the cursor behind it. */
    static Contents read(Cursor cursor, int count, Metadata metadata) {
        var directory = new TensorDirectory(cursor);
        int alignment = directory.alignment(metadata);
        Map<String, Entry> entries = LinkedHashMap.newLinkedHashMap(count);
        for (int i = 0; i < count; i++) {
            Entry entry = directory.entry(i, alignment);
            if (entries.put(entry.name(), entry) != null) {
                throw cursor.damaged("the tensor " + entry.name() + " is there twice");
            }
        }
        directory.refuseOverlaps(entries.values());
        return directory.locate(entries.values(), alignment);
    }

    private int alignment(Metadata metadata) {
        int alignment = metadata.count("general.alignment", DEFAULT_ALIGNMENT);
        if (Integer.bitCount(alignment) != 1 || alignment > MOST_ALIGNMENT) {
            throw cursor.refused("general.alignment is " + alignment + ", but must be a power of two up to "
                    + MOST_ALIGNMENT);
        }
        return alignment;
    }

    private Entry entry(int index, int alignment) {
        String name = cursor.nextName("the name of tensor " + (index + 1));
        String what = "the directory entry of " + name;
        List<Long> dimensions = dimensions(name, what);
        long typeId = cursor.nextUnsignedInt(what);
        TensorType type = TensorType.ofId(typeId).orElseThrow(() -> cursor.refused(
                "the tensor " + name + " has type " + typeId + ", which this version does not know"));
        if (dimensions.getFirst() % type.blockSize() != 0) {
            throw cursor.damaged("a row of the tensor " + name + " has " + dimensions.getFirst()
                    + " elements, not a multiple of " + type + "'s block of " + type.blockSize());
        }
        long offset = cursor.nextLong(what);
        if (offset < 0 || offset % alignment != 0) {
            throw cursor.damaged("the tensor " + name + " has the offset " + Long.toUnsignedString(offset)
                    + ", not a multiple of the alignment " + alignment);
        }
        long elements = dimensions.stream().reduce(1L, (a, b) -> a * b);
        if (elements / MOST_ELEMENTS_PER_BYTE > cursor.bytes().size()) {
            throw cursor
                    .damaged("the tensor " + name + " claims " + elements + " elements, more than the file can hold");
        }
        return new Entry(name, type, dimensions, offset, type.bytes(elements));
    }

    /** Dimensions whose rows and columns fit an int each, so that nothing computed from them overflows a long. */
    private List<Long> dimensions(String name, String what) {
        long count = cursor.nextUnsignedInt(what);
        if (count < 1 || count > MOST_DIMENSIONS) {
            throw cursor.damaged("the tensor " + name + " has " + count + " dimensions");
        }
        List<Long> dimensions = new ArrayList<>();
        long rows = 1;
        for (int i = 0; i < count; i++) {
            long size = cursor.nextLong(what);
            if (size < 1 || size > Integer.MAX_VALUE) {
                throw cursor.damaged("the tensor " + name + " has a dimension of " + Long.toUnsignedString(size));
            }
            rows = i == 0 ? 1 : rows * size;
            if (rows > Integer.MAX_VALUE) {
                throw cursor.damaged("the tensor " + name + " has more than " + Integer.MAX_VALUE + " rows");
            }
            dimensions.add(size);
        }
        return dimensions;
    }

    private void refuseOverlaps(Iterable<Entry> entries) {
        List<Entry> sorted = new ArrayList<>();
        entries.forEach(sorted::add);
        sorted.sort(Comparator.comparingLong(Entry::offset));
        for (int i = 1; i < sorted.size(); i++) {
            Entry before = sorted.get(i - 1);
            if (sorted.get(i).offset() - before.offset() < before.bytes()) {
                throw cursor.damaged("the tensors " + before.name() + " and " + sorted.get(i).name() + " overlap");
            }
        }
    }

    private Contents locate(Iterable<Entry> entries, int alignment) {
        long start = Math.ceilDiv(cursor.position(), (long) alignment) * alignment;
        long available = cursor.bytes().size() - start;
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        long end = start;
        for (Entry entry : entries) {
            if (entry.offset() > available - entry.bytes()) {
                throw cursor.damaged("it ends before the end of the tensor " + entry.name());
            }
            end = Math.max(end, start + entry.offset() + entry.bytes());
            tensors.put(entry.name(), new Tensor(entry.name(), entry.type(), entry.dimensions(),
                    cursor.bytes().slice(start + entry.offset(), entry.bytes()).asReadOnly()));
        }
        return new Contents(tensors, end);
    }
}
