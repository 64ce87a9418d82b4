package io.millrace.sink.http;

import io.vertx.core.MultiMap;
import io.vertx.ext.web.RoutingContext;

/** What keeps browsers from making more of an answer than it is. */
final class SecurityHeaders {
    private SecurityHeaders() {}

    static void add(RoutingContext context) {
        MultiMap headers = context.response().headers();
        headers.set("x-content-type-options", "nosniff");
        headers.set("content-security-policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'");
        headers.set("x-frame-options", "DENY");
        headers.set("referrer-policy", "no-referrer");
        headers.set("cross-origin-resource-policy", "same-origin");
        headers.set("cache-control", "no-store");
        context.next();
    }
}
