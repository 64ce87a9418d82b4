package io.millrace.compose.pull;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.LongConsumer;

/** SHA-256, as Hugging Face and most others name files by it. */
public final class Checksum {
    private static final int BUFFER = 1 << 20;

    private Checksum() {}

    /** Whether this is one: 64 hexadecimal digits, in lower case. */
    public static boolean isSha256(String text) {
        return text.matches("[0-9a-f]{64}");
    }

    /**
     * Of a whole file.
     *
     * @param progress told of the bytes that were read, as they are
     */
    static String of(Path file, LongConsumer progress) throws IOException {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        byte[] buffer = new byte[BUFFER];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
                progress.accept(read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
