package io.millrace.sink.http;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;

/** Tells which models there are. */
final class ModelRoutes {
    private final ServedModels models;
    /** Models have no date of their own, yet clients insist on one. */
    private final long createdSeconds = Instant.now().getEpochSecond();

    ModelRoutes(ServedModels models) {
        this.models = models;
    }

    void list(RoutingContext context) {
        var data = new JsonArray();
        models.names().forEach(name -> data.add(model(name)));
        Reply.json(context, 200, new JsonObject().put("object", "list").put("data", data));
    }

    void one(RoutingContext context) {
        String name = context.pathParam("model");
        if (models.names().contains(name)) {
            Reply.json(context, 200, model(name));
        } else {
            Reply.error(context, ApiError.refusal(404, "model_not_found", "no worker serves this model at the moment; "
                    + "GET /v1/models lists those there are").about("model"));
        }
    }

    private JsonObject model(String name) {
        return new JsonObject().put("id", name).put("object", "model").put("created", createdSeconds).put("owned_by",
                "millrace");
    }
}
