package io.millrace.sink.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.List;

/** Tells which models there are. */
final class ModelRoutes {
    private final Workers workers;
    /** Models have no date of their own, yet clients insist on one. */
    private final long createdSeconds = Instant.now().getEpochSecond();

    ModelRoutes(Workers workers) {
        this.workers = workers;
    }

    void list(RoutingContext context) {
        var data = new JsonArray();
        workers.models().forEach(name -> data.add(model(name)));
        Reply.json(context, 200, new JsonObject().put("object", "list").put("data", data));
    }

    void one(RoutingContext context) {
        String name = context.pathParam("model");
        if (workers.models().contains(name)) {
            Reply.json(context, 200, model(name));
        } else {
            Reply.error(context, ApiError.refusal(404, "model_not_found", "no worker serves this model at the moment; "
                    + "GET /v1/models lists those there are").about("model"));
        }
    }

    /** Of what llama.cpp's page wants to know, what is known here: a model's own settings are its workers'. */
    void properties(RoutingContext context) {
        List<String> names = workers.models();
        if (names.isEmpty()) {
            Reply.error(context, ApiError.unavailable("no worker is there to ask"));
        } else {
            Reply.json(context, 200, new JsonObject().put("model_alias", names.getFirst()).put("build_info",
                    "millrace"));
        }
    }

    private JsonObject model(String name) {
        return new JsonObject().put("id", name).put("object", "model").put("created", createdSeconds).put("owned_by",
                "millrace");
    }
}
