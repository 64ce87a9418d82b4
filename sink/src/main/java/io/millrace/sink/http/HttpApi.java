package io.millrace.sink.http;

import io.millrace.schemas.EmbeddingsCall;
import io.millrace.schemas.GenerationCall;
import io.millrace.schemas.LlamaCppCodec;
import io.millrace.schemas.OpenAiCodec;
import io.millrace.sink.http.RequestKind.Request;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is served over HTTP: every path, and what all of them have in common.
 *
 * @param metrics what is measured of this process, in Prometheus's text format; may block
 * @param page what browsers get
 * @param traces follows requests to generate
 * @param maxBodyBytes a larger body is refused; 1 or more
 * @param heartbeat how long a stream may be silent
 */
public record HttpApi(Generations generations, Workers workers, WorkerReports reports, Supplier<String> metrics,
        Access access, Limits limits, Quotas quotas,
        Connections connections, PageFiles page, RequestTraces traces, long maxBodyBytes, Duration heartbeat) {
    private static final Logger LOG = LoggerFactory.getLogger(HttpApi.class);

    /** Must be called on the server's event loop, which everything in it belongs to. */
    public Router router(Vertx vertx) {
        var router = Router.router(vertx);
        addErrors(router);
        router.route().handler(RequestId::assign).handler(SecurityHeaders::add).handler(RequestLog::begin)
                .handler(connections::begin).handler(new CrossOrigin(access.allowedOrigins())::handle);
        // these tell nothing, and those who ask have no keys
        router.get("/health").handler(this::health);
        addPage(router);
        router.route().handler(new Callers(access)::admit);
        addModels(router);
        addGenerations(router);
        addStreams(router);
        addPipeline(router);
        return router;
    }

    private void addErrors(Router router) {
        router.errorHandler(400, context -> Reply.error(context, ApiError.refusal(400, "bad_request",
                "the request is not understood")));
        router.errorHandler(404, context -> Reply.error(context, ApiError.notFound("there is nothing at this path")));
        router.errorHandler(405, context -> Reply.error(context, ApiError.refusal(405, "method_not_allowed",
                context.request().method() + " does nothing at this path")));
        router.errorHandler(500, HttpApi::failed);
    }

    private void addPage(Router router) {
        var route = new PageRoute(page);
        List.of("/", "/page/*").forEach(path -> router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD)
                .handler(route::serve));
    }

    private void addModels(Router router) {
        var routes = new ModelRoutes(workers);
        router.get("/v1/models").handler(routes::list);
        router.get("/v1/models/:model").handler(routes::one);
        router.get("/props").handler(routes::properties);
    }

    private void addGenerations(Router router) {
        var idempotency = new Idempotency(generations);
        var openAi = new OpenAiCodec();
        var llamaCpp = new LlamaCppCodec();
        var chat = new ChatFormat();
        var completion = new CompletionFormat();
        var tokens = new TokensFormat();
        add(router, "/v1/chat/completions", idempotency, "chatcmpl-", body -> new Request(openAi.chat(body), chat));
        add(router, "/v1/completions", idempotency, "cmpl-", body -> new Request(openAi.completion(body), completion));
        add(router, "/completion", idempotency, "native-", body -> {
            GenerationCall call = llamaCpp.completion(body);
            return new Request(call, new NativeFormat(call.prompts().getFirst()));
        });
        add(router, "/v1/embeddings", idempotency, "embd-", body -> {
            EmbeddingsCall call = openAi.embeddings(body);
            return new Request(call.call(), new EmbeddingsFormat(call.isBase64()));
        });
        add(router, "/tokenize", idempotency, "tokenize-", body -> new Request(llamaCpp.tokenize(body), tokens));
        add(router, "/detokenize", idempotency, "detokenize-", body -> new Request(llamaCpp.detokenize(body),
                new TextFormat("content")));
        add(router, "/apply-template", idempotency, "template-", body -> new Request(llamaCpp.applyTemplate(body),
                new TextFormat("prompt")));
    }

    private void add(Router router, String path, Idempotency idempotency, String idPrefix,
            Function<byte[], Request> read) {
        router.post(path).handler(new RequestBody(maxBodyBytes, limits.bodyTimeout().toMillis())::read)
                .handler(new GenerationRoute(generations, quotas, idempotency, new RequestKind(read, idPrefix),
                        heartbeat.toMillis(), traces)::answer);
    }

    private void addStreams(Router router) {
        var streams = new StreamRoute(generations, heartbeat.toMillis());
        router.get("/v1/streams/:id").handler(streams::follow);
        router.delete("/v1/streams/:id").handler(streams::cancel);
    }

    private void addPipeline(Router router) {
        var pipeline = new PipelineRoutes(workers, reports, heartbeat.toMillis());
        router.get("/v1/pipeline").handler(pipeline::pipeline);
        router.get("/slots").handler(pipeline::slots);
        router.get("/metrics").handler(new MetricsRoute(metrics)::answer);
    }

    private void health(RoutingContext context) {
        boolean healthy = generations.isHealthy();
        Reply.json(context, healthy ? 200 : 503, new JsonObject().put("status", healthy ? "ok" : "unavailable"));
    }

    private static void failed(RoutingContext context) {
        if (context.failure() instanceof ApiException known) {
            Reply.error(context, known.error());
        } else {
            LOG.atError().addKeyValue("request", RequestId.of(context)).setCause(context.failure())
                    .log("a request failed");
            Reply.error(context, ApiError.internal());
        }
    }
}
