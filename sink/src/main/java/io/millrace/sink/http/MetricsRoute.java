package io.millrace.sink.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Supplier;

/** Hands out what is measured, to whoever has any key. There are no ids and no prompts in it. */
record MetricsRoute(Supplier<String> metrics) {
    private static final String TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8";

    void answer(RoutingContext context) {
        context.vertx().executeBlocking(metrics::get, false).onComplete(text -> {
            if (!context.response().closed()) {
                var _ = context.response().putHeader(HttpHeaders.CONTENT_TYPE, TEXT_FORMAT).end(text);
            }
        }, context::fail);
    }
}
