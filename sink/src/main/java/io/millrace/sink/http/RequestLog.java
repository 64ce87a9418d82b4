package io.millrace.sink.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A line for each request, by its id. Nothing of what it asks or gets. */
final class RequestLog {
    private static final Logger LOG = LoggerFactory.getLogger(RequestLog.class);

    private RequestLog() {}

    static void begin(RoutingContext context) {
        long startNanos = System.nanoTime();
        context.addEndHandler(_ -> {
            HttpServerRequest request = context.request();
            int status = context.response().getStatusCode();
            if (status == 500) {
                LOG.atWarn().addKeyValue("request", RequestId.of(context)).log("{} {} was answered {}",
                        request.method(), request.path(), status);
            } else {
                LOG.atDebug().addKeyValue("request", RequestId.of(context)).log("{} {} was answered {} within {} ms",
                        request.method(), request.path(), status,
                        Duration.ofNanos(System.nanoTime() - startNanos).toMillis());
            }
        });
        context.next();
    }
}
