package io.millrace.sink.http;

import io.millrace.schemas.OpenAiCodec;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is served over HTTP: every path, and what all of them have in common.
 *
 * @param maxBodyBytes a larger body is refused; 1 or more
 * @param heartbeat how long a stream may be silent
 */
public record HttpApi(Generations generations, ServedModels models, long maxBodyBytes, Duration heartbeat) {
    private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);

    public Router router(Vertx vertx) {
        var router = Router.router(vertx);
        router.route().handler(RequestId::assign);
        router.get("/health").handler(this::health);
        addModels(router);
        addGenerations(router);
        router.errorHandler(400, context -> Reply.error(context, ApiError.refusal(400, "bad_request",
                "the request is not understood")));
        router.errorHandler(404, context -> Reply.error(context, ApiError.notFound("there is nothing at this path")));
        router.errorHandler(405, context -> Reply.error(context, ApiError.refusal(405, "method_not_allowed",
                context.request().method() + " does nothing at this path")));
        router.errorHandler(413, context -> Reply.error(context, ApiError.refusal(413, "body_too_large",
                "the body has more than the " + maxBodyBytes + " bytes allowed")));
        router.errorHandler(500, HttpApi::failed);
        return router;
    }

    private void addModels(Router router) {
        var routes = new ModelRoutes(models);
        router.get("/v1/models").handler(routes::list);
        router.get("/v1/models/:model").handler(routes::one);
    }

    private void addGenerations(Router router) {
        var codec = new OpenAiCodec();
        var body = BodyHandler.create(false).setBodyLimit(maxBodyBytes);
        router.post("/v1/chat/completions").handler(body)
                .handler(new GenerationRoute(generations, codec::chat, new ChatFormat(), heartbeat.toMillis())::answer);
        router.post("/v1/completions").handler(body).handler(
                new GenerationRoute(generations, codec::completion, new CompletionFormat(),
                        heartbeat.toMillis())::answer);
    }

    private void health(RoutingContext context) {
        boolean healthy = generations.isHealthy();
        Reply.json(context, healthy ? 200 : 503, new JsonObject().put("status", healthy ? "ok" : "unavailable"));
    }

    private static void failed(RoutingContext context) {
        LOG.error("request {} failed", RequestId.of(context), context.failure());
        Reply.error(context, ApiError.internal());
    }
}
