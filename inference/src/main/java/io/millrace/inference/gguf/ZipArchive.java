package io.millrace.inference.gguf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The members of a ZIP archive at the end of a file, in the archive's order. Only its directory is read, so members may have any
 * size; the JDK's own reader neither opens archives behind an executable of gigabytes nor says where a member lies.
 *
 * @see <a href="https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT">APPNOTE.TXT, 4.3 and 4.5.3 (ZIP64)</a>
 */
record ZipArchive(List<Member> members) {
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED
            .withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private static final int END = 0x06054b50;
    private static final int END_BYTES = 22;
    private static final int MOST_COMMENT_BYTES = 0xffff;
    private static final int END64_LOCATOR = 0x07064b50;
    private static final int END64_LOCATOR_BYTES = 20;
    private static final int END64 = 0x06064b50;
    private static final int END64_BYTES = 56;
    private static final int ENTRY = 0x02014b50;
    private static final int ENTRY_BYTES = 46;
    private static final int LOCAL = 0x04034b50;
    private static final int LOCAL_BYTES = 30;
    private static final int EXTRA_HEADER_BYTES = 4;
    private static final short EXTRA_ZIP64 = 1;
    /** A 32-bit field that does not hold its value: the ZIP64 extra does. */
    private static final long ELSEWHERE = 0xffff_ffffL;

    /**
     * One file in the archive.
     *
     * @param isStored neither compressed nor encrypted
     * @param offset of its first byte in the file that holds the archive
     */
    record Member(String name, boolean isStored, long offset, long size) {}

    /**
     * @param at the record's place
     * @param offset of the directory, as the archive counts
     */
    private record Directory(long at, long offset, long size) {
        /** How many bytes stand before the archive that it does not count. */
        long base() {
            return at - size - offset;
        }
    }

    /**
     * Looks for an archive.
     *
     * @return empty if the file does not end with one
     * @throws GgufException if its directory is damaged
     */
    static Optional<ZipArchive> find(FileBytes file, String source) {
        long size = file.size();
        if (size < END_BYTES) {
            return Optional.empty();
        }
        long tailStart = Math.max(0, size - END_BYTES - MOST_COMMENT_BYTES);
        MemorySegment tail = file.slice(tailStart, size - tailStart);
        for (long at = tail.byteSize() - END_BYTES; at >= 0; at--) {
            if (tail.get(INT, at) == END && at + END_BYTES + unsigned(tail.get(SHORT, at + 20)) <= tail.byteSize()) {
                try {
                    return Optional.of(new ZipArchive(members(file, directory(file, tailStart + at))));
                } catch (IndexOutOfBoundsException | ArithmeticException e) {
                    throw new GgufException(source + ": the ZIP directory at its end is damaged or the file is cut"
                            + " short; download or copy it again", e);
                }
            }
        }
        return Optional.empty();
    }

    private static Directory directory(FileBytes file, long end) {
        MemorySegment record = file.slice(end, END_BYTES);
        long locatorAt = end - END64_LOCATOR_BYTES;
        if (locatorAt >= 0 && file.slice(locatorAt, Integer.BYTES).get(INT, 0) == END64_LOCATOR) {
            // not where the locator says, which does not count what stands before the archive, but right before it
            long at = locatorAt - END64_BYTES;
            MemorySegment record64 = file.slice(at, END64_BYTES);
            if (record64.get(INT, 0) == END64) {
                return new Directory(at, record64.get(LONG, 48), record64.get(LONG, 40));
            }
        }
        return new Directory(end, unsigned(record.get(INT, 16)), unsigned(record.get(INT, 12)));
    }

    private static List<Member> members(FileBytes file, Directory directory) {
        long position = Math.subtractExact(directory.at(), directory.size());
        MemorySegment entries = file.slice(position, directory.size());
        var members = new ArrayList<Member>();
        long at = 0;
        while (at < entries.byteSize() && entries.get(INT, at) == ENTRY) {
            int nameLength = unsigned(entries.get(SHORT, at + 28));
            int extraLength = unsigned(entries.get(SHORT, at + 30));
            MemorySegment extra = entries.asSlice(at + ENTRY_BYTES + nameLength, extraLength);
            String name = new String(
                    entries.asSlice(at + ENTRY_BYTES, nameLength).toArray(ValueLayout.JAVA_BYTE),
                    StandardCharsets.UTF_8);
            members.add(member(file, directory.base(), name, entries.asSlice(at, ENTRY_BYTES), extra));
            at += ENTRY_BYTES + nameLength + extraLength + unsigned(entries.get(SHORT, at + 32));
        }
        return List.copyOf(members);
    }

    private static Member member(FileBytes file, long base, String name, MemorySegment entry, MemorySegment extra) {
        boolean isEncrypted = (entry.get(SHORT, 8) & 1) != 0;
        boolean isStored = entry.get(SHORT, 10) == 0 && !isEncrypted;
        long size = unsigned(entry.get(INT, 24));
        long packedSize = unsigned(entry.get(INT, 20));
        long local = unsigned(entry.get(INT, 42));
        MemorySegment wide = zip64(extra);
        long next = 0;
        if (size == ELSEWHERE) {
            size = wide.get(LONG, next);
            next += Long.BYTES;
        }
        if (packedSize == ELSEWHERE) {
            next += Long.BYTES;
        }
        if (local == ELSEWHERE) {
            local = wide.get(LONG, next);
        }
        MemorySegment header = file.slice(Math.addExact(base, local), LOCAL_BYTES);
        if (header.get(INT, 0) != LOCAL) {
            throw new IndexOutOfBoundsException("no member begins at " + local);
        }
        long offset = base + local + LOCAL_BYTES + unsigned(header.get(SHORT, 26)) + unsigned(header.get(SHORT, 28));
        if (isStored) {
            file.view(offset, size);
        }
        return new Member(name, isStored, offset, size);
    }

    /** The wide values of an entry, none if it has none. */
    private static MemorySegment zip64(MemorySegment extra) {
        long at = 0;
        while (at <= extra.byteSize() - EXTRA_HEADER_BYTES) {
            int length = unsigned(extra.get(SHORT, at + 2));
            if (extra.get(SHORT, at) == EXTRA_ZIP64) {
                return extra.asSlice(at + EXTRA_HEADER_BYTES, length);
            }
            at += EXTRA_HEADER_BYTES + length;
        }
        return MemorySegment.NULL;
    }

    private static int unsigned(short value) {
        return Short.toUnsignedInt(value);
    }

    private static long unsigned(int value) {
        return Integer.toUnsignedLong(value);
    }
}
