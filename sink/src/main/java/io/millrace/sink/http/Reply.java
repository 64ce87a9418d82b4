package io.millrace.sink.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** Answers of one piece. */
final class Reply {
    private Reply() {}

    static void json(RoutingContext context, int status, JsonObject body) {
        json(context, status, body.toBuffer());
    }

    static void json(RoutingContext context, JsonArray body) {
        json(context, 200, body.toBuffer());
    }

    private static void json(RoutingContext context, int status, Buffer body) {
        HttpServerResponse response = context.response();
        if (!response.ended() && !response.closed()) {
            // a failed write is a client that went away
            var _ = response.setStatusCode(status).putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
                    .end(body);
        }
    }

    static void error(RoutingContext context, ApiError error) {
        HttpServerResponse response = context.response();
        if (response.headWritten()) {
            return;
        }
        if (error.status() >= 409) {
            // clients would try again on their own
            response.putHeader("x-should-retry", String.valueOf(error.retry().isWorthIt()));
        }
        if (error.retry().afterSeconds() > 0) {
            response.putHeader(HttpHeaders.RETRY_AFTER, String.valueOf(error.retry().afterSeconds()));
        }
        if (error.status() == 401) {
            response.putHeader("www-authenticate", "Bearer");
        }
        json(context, error.status(), error.json());
    }
}
