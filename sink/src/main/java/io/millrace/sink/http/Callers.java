package io.millrace.sink.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;

/** Finds out who sends a request, before anything is done about it. */
record Callers(Access access) {
    private static final String KEY = Callers.class.getName();

    void admit(RoutingContext context) {
        HttpServerRequest request = context.request();
        context.put(KEY, access.admit(request.getHeader("authorization"), request.getHeader("origin"),
                request.getHeader("host")));
        context.next();
    }

    static Caller of(RoutingContext context) {
        return context.get(KEY);
    }
}
