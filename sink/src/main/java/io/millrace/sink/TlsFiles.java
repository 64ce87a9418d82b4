package io.millrace.sink;

import static java.util.Objects.requireNonNull;

import io.vertx.core.net.PemKeyCertOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;

/**
 * What a gateway proves its name with.
 *
 * @param certificate in PEM, with the intermediate ones behind it
 * @param key its private key, in PEM, not encrypted
 */
public record TlsFiles(Path certificate, Path key) {
    public TlsFiles {
        requireNonNull(certificate, "certificate");
        requireNonNull(key, "key");
    }

    PemKeyCertOptions options() {
        return new PemKeyCertOptions().setCertPath(certificate.toString()).setKeyPath(key.toString());
    }

    /** When the two were written. */
    record State(FileTime certificate, FileTime key) {}

    /**
     * When they were last written.
     *
     * @throws IOException if one of them cannot be found
     */
    State state() throws IOException {
        return new State(Files.getLastModifiedTime(certificate), Files.getLastModifiedTime(key));
    }
}
