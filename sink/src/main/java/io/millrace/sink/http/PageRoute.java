package io.millrace.sink.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;

/**
 * Serves the web page to whoever asks: it holds nothing of anybody's. What it may do is told to browsers: its own files, and this gateway's API.
 */
record PageRoute(PageFiles files) {
    private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            + "img-src 'self' data:; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; "
            // text becomes markup by the page's sanitizer, or not at all
            + "require-trusted-types-for 'script'; trusted-types dompurify";
    private static final String FOLDER = "/page/";

    void serve(RoutingContext context) {
        String path = context.normalizedPath();
        String file = path.startsWith(FOLDER) ? path.substring(FOLDER.length()) : PageFiles.DOCUMENT;
        var _ = context.vertx().executeBlocking(() -> files.find(file), false)
                .onSuccess(found -> found.ifPresentOrElse(some -> send(context, some), () -> context.fail(404)))
                .onFailure(context::fail);
    }

    private static void send(RoutingContext context, PageFile file) {
        HttpServerResponse response = context.response();
        if (response.ended() || response.closed()) {
            return;
        }
        MultiMap headers = response.headers();
        headers.set("content-security-policy", POLICY);
        headers.set("cross-origin-opener-policy", "same-origin");
        headers.set(HttpHeaders.ETAG, file.etag());
        // to be kept, and asked about each time: the next version of this program has other files at the same paths
        headers.set(HttpHeaders.CACHE_CONTROL, "no-cache");
        if (file.etag().equals(context.request().getHeader(HttpHeaders.IF_NONE_MATCH))) {
            var _ = response.setStatusCode(304).end();
            return;
        }
        headers.set(HttpHeaders.CONTENT_TYPE, file.mediaType());
        // a failed write is a client that went away
        if (context.request().method().equals(HttpMethod.HEAD)) {
            headers.set(HttpHeaders.CONTENT_LENGTH, String.valueOf(file.content().length()));
            var _ = response.end();
        } else {
            var _ = response.end(file.content().copy());
        }
    }
}
