package io.millrace.sink.http;

import static java.util.Objects.requireNonNull;

import io.vertx.core.buffer.Buffer;
import java.util.HexFormat;

/**
 * A file of the web page.
 *
 * @param mediaType such as {@code text/html; charset=utf-8}
 * @param content which nobody may change
 * @param etag tells this content from any other
 */
public record PageFile(String mediaType, Buffer content, String etag) {
    public PageFile {
        requireNonNull(mediaType, "mediaType");
        requireNonNull(content, "content");
        requireNonNull(etag, "etag");
    }

    public static PageFile of(String mediaType, byte[] content) {
        return new PageFile(mediaType, Buffer.buffer(content),
                '"' + HexFormat.of().formatHex(Sha256.of(content)) + '"');
    }
}
