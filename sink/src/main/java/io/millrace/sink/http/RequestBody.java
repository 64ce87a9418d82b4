package io.millrace.sink.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;

/**
 * Reads a body as it comes, whatever it is said to be: what people send with curl is said to be a form. Gives up on bodies that are too large or too slow.
 *
 * @param maxBytes a larger one is refused
 * @param timeoutMillis for all of it to arrive
 */
record RequestBody(long maxBytes, long timeoutMillis) {
    private static final String KEY = RequestBody.class.getName();

    void read(RoutingContext context) {
        HttpServerRequest request = context.request();
        Buffer body = Buffer.buffer();
        long timer = context.vertx().setTimer(timeoutMillis, _ -> refuse(context,
                ApiError.tooSlow("the body did not arrive within " + timeoutMillis + " ms")));
        context.addEndHandler(_ -> context.vertx().cancelTimer(timer));
        // a broken connection is a closed one
        request.exceptionHandler(_ -> context.vertx().cancelTimer(timer));
        request.handler(chunk -> {
            if (body.length() + chunk.length() > maxBytes) {
                refuse(context, ApiError.refusal(413, "body_too_large", "the body has more than the " + maxBytes
                        + " bytes allowed"));
            } else {
                body.appendBuffer(chunk);
            }
        });
        request.endHandler(_ -> {
            if (context.vertx().cancelTimer(timer) && !context.response().ended()) {
                context.put(KEY, body.getBytes());
                context.next();
            }
        });
    }

    static byte[] of(RoutingContext context) {
        return context.get(KEY);
    }

    private static void refuse(RoutingContext context, ApiError error) {
        if (!context.response().ended()) {
            // what is still to come belongs to nothing
            context.response().putHeader("connection", "close");
            context.fail(new ApiException(error));
        }
    }
}
