package io.millrace.sink.http;

import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.UUID;
import java.util.regex.Pattern;

/** Names each request, in its answer and in log lines: by the name that the client gives, if that is fit for both. */
final class RequestId {
    static final String HEADER = "x-request-id";

    private static final Pattern FIT = Pattern.compile("[A-Za-z0-9._-]{1,128}");
    private static final String KEY = RequestId.class.getName();

    private RequestId() {}

    static void assign(RoutingContext context) {
        String given = context.request().getHeader(HEADER);
        String id = given != null && FIT.matcher(given).matches() ? given : "req_" + UUID.randomUUID();
        context.put(KEY, id);
        HttpServerResponse response = context.response();
        response.putHeader(HEADER, id);
        context.next();
    }

    static String of(RoutingContext context) {
        return context.get(KEY);
    }
}
