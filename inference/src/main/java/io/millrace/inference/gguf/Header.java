package io.millrace.inference.gguf;

import java.nio.charset.StandardCharsets;

/**
 * The first 24 bytes of a file.
 *
 * @param tensors how many tensors the directory holds
 * @param pairs how many key-value pairs
 */
record Header(int tensors, int pairs) {
    static final int MAGIC = 0x46554747;
    private static final int OLDEST_VERSION = 2;
    private static final int NEWEST_VERSION = 3;
    /** The shortest pair: a key's length, a type, a one-byte value. */
    private static final int LEAST_PAIR_BYTES = Long.BYTES + Integer.BYTES + Byte.BYTES;
    /** The shortest directory entry: a name's length, one dimension, a type, an offset. */
    private static final int LEAST_TENSOR_BYTES = Long.BYTES + Integer.BYTES + Long.BYTES + Integer.BYTES + Long.BYTES;

    static Header read(Cursor cursor) {
        if (cursor.remaining() == 0) {
            throw cursor.refused("the file is empty");
        }
        if (cursor.remaining() < Integer.BYTES || cursor.nextInt("the magic number") != MAGIC) {
            throw notGguf(cursor);
        }
        long version = cursor.nextUnsignedInt("the version");
        if ((version & 0xffff) == 0) {
            throw cursor.refused("the file is big-endian GGUF, made for another kind of machine;"
                    + " get the little-endian file");
        }
        if (version < OLDEST_VERSION || version > NEWEST_VERSION) {
            throw cursor.refused("the file is GGUF version " + version + "; versions " + OLDEST_VERSION + " and "
                    + NEWEST_VERSION + " can be read");
        }
        int tensors = cursor.nextCount(LEAST_TENSOR_BYTES, "the tensor count");
        int pairs = cursor.nextCount(LEAST_PAIR_BYTES, "the metadata count");
        return new Header(tensors, pairs);
    }

    private static GgufException notGguf(Cursor cursor) {
        int length = (int) Math.min(64, cursor.bytes().size());
        var start = new byte[length];
        cursor.bytes().slice(0, length).asByteBuffer().get(start);
        String text = new String(start, StandardCharsets.UTF_8);
        String kind;
        if (text.startsWith("version https://git-lfs")) {
            kind = "a Git LFS pointer: run git lfs pull to fetch the model itself";
        } else if (text.stripLeading().startsWith("<")) {
            kind = "a web page, perhaps a download that asked for a login";
        } else if (text.startsWith("PK")) {
            kind = "a ZIP archive";
        } else if (text.codePoints().allMatch(c -> c != 0xfffd && (c >= ' ' || Character.isWhitespace(c)))) {
            kind = "a text file";
        } else {
            kind = "something else";
        }
        return cursor.refused("this is not a GGUF file but " + kind);
    }
}
