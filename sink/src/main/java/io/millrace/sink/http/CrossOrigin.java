package io.millrace.sink.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.CorsHandler;
import java.util.List;
import java.util.Set;

/** Lets web pages of some origins read answers. Others are not told that they could. */
final class CrossOrigin {
    private static final int PREFLIGHT_SECONDS = 600;

    private final Set<String> origins;
    private final CorsHandler handler;

    CrossOrigin(Set<String> origins) {
        this.origins = origins;
        handler = CorsHandler.create().addOrigins(List.copyOf(origins)).allowedMethod(HttpMethod.GET)
                .allowedMethod(HttpMethod.POST).allowedMethod(HttpMethod.DELETE)
                .allowedHeaders(Set.of("authorization", "content-type", IdempotencyKey.HEADER,
                        IdempotencyKey.FIRST_ATTEMPT_HEADER, "last-event-id",
                        RequestId.HEADER))
                .exposedHeaders(Set.of(RequestId.HEADER, StreamedAnswer.STREAM_ID, "retry-after"))
                .maxAgeSeconds(PREFLIGHT_SECONDS);
    }

    void handle(RoutingContext context) {
        String origin = context.request().getHeader("origin");
        if (origin != null && origins.contains(origin)) {
            context.response().headers().set("cross-origin-resource-policy", "cross-origin");
            handler.handle(context);
        } else {
            context.next();
        }
    }
}
