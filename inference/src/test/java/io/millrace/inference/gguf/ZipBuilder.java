package io.millrace.inference.gguf;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** Writes a ZIP archive behind an executable, field by field: with 64-bit fields if wanted, which the JDK only writes for gigabytes. */
public final class ZipBuilder {
    private static final int DEFLATED = 8;
    private static final int ALIGNMENT = 4096;

    private final ByteArrayOutputStream file = new ByteArrayOutputStream();
    private final ByteArrayOutputStream directory = new ByteArrayOutputStream();
    private final boolean wide;
    private long base;
    private int members;

    /** Begins with what stands before the archive. */
    public ZipBuilder(byte[] executable, boolean wide) {
        this.wide = wide;
        file.writeBytes(executable);
    }

    /** Offsets count from here on, as where an archive is put behind an executable without a tool that knows. */
    ZipBuilder countingFromHere() {
        base = file.size();
        return this;
    }

    /** A member as it is, at a page's beginning. */
    public ZipBuilder stored(String name, byte[] contents) {
        return member(name, contents, 0);
    }

    /** A member that claims to be compressed. */
    ZipBuilder deflated(String name, byte[] contents) {
        return member(name, contents, DEFLATED);
    }

    private ZipBuilder member(String name, byte[] contents, int method) {
        byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
        long local = file.size() - base;
        int padding = Math.floorMod(-(file.size() + 30 + utf8.length + 4), ALIGNMENT);
        var crc = new CRC32();
        crc.update(contents);
        file.writeBytes(GgufBuilder.bytes(out -> out.putInt(0x04034b50).putShort((short) 20).putShort((short) 0)
                .putShort((short) method).putInt(0).putInt((int) crc.getValue()).putInt(contents.length)
                .putInt(contents.length).putShort((short) utf8.length).putShort((short) (padding + 4)).put(utf8)
                // an extra field of no known kind, for alignment
                .putShort((short) 0xd935).putShort((short) padding).put(new byte[padding])));
        file.writeBytes(contents);
        directory.writeBytes(GgufBuilder.bytes(out -> {
            out.putInt(0x02014b50).putInt(0).putShort((short) 0).putShort((short) method).putInt(0)
                    .putInt((int) crc.getValue()).putInt(wide ? -1 : contents.length)
                    .putInt(wide ? -1 : contents.length).putShort((short) utf8.length)
                    .putShort((short) (wide ? 28 : 0)).putShort((short) 0).putInt(0).putInt(0)
                    .putInt(wide ? -1 : (int) local).put(utf8);
            if (wide) {
                out.putShort((short) 1).putShort((short) 24).putLong(contents.length).putLong(contents.length)
                        .putLong(local);
            }
        }));
        members++;
        return this;
    }

    public byte[] build() {
        long offset = file.size() - base;
        int size = directory.size();
        file.writeBytes(directory.toByteArray());
        if (wide) {
            long end = file.size() - base;
            file.writeBytes(GgufBuilder.bytes(out -> out.putInt(0x06064b50).putLong(44).putInt(0).putInt(0).putInt(0)
                    .putLong(members).putLong(members).putLong(size).putLong(offset)
                    .putInt(0x07064b50).putInt(0).putLong(end).putInt(1)));
        }
        file.writeBytes(GgufBuilder.bytes(out -> out.putInt(0x06054b50).putInt(0).putShort((short) members)
                .putShort((short) members).putInt(wide ? -1 : size).putInt(wide ? -1 : (int) offset)
                .putShort((short) 0)));
        return file.toByteArray();
    }
}
