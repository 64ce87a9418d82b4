package io.millrace.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What openapi.yaml describes is what is served, and nothing else. */
class OpenApiRoutesTest {
    private static final Set<String> METHODS = Set.of("get", "post", "put", "delete", "patch", "head", "options");

    @Test
    void everyRouteIsDescribedAndEveryDescriptionHasARoute() throws Exception {
        Vertx vertx = Vertx.vertx();
        try {
            // nothing of it is asked before a request comes
            var api = new HttpApi(null, null, null, null, Access.LOCAL, Limits.DEFAULT, null,
                    new Connections(vertx, Limits.DEFAULT), PageFiles.NONE, RequestTraces.NONE, 1,
                    Duration.ofSeconds(1));
            assertThat(served(api.router(vertx))).containsExactlyInAnyOrderElementsOf(described());
        } finally {
            vertx.close().await();
        }
    }

    private static List<String> served(Router router) {
        return router.getRoutes().stream().filter(route -> route.getPath() != null && !isOfThePage(route.getPath()))
                .flatMap(route -> route.methods().stream()
                        .map(method -> method.name() + " " + route.getPath().replaceAll(":(\\w+)", "{$1}")))
                .toList();
    }

    /** Whose files are no API. */
    private static boolean isOfThePage(String path) {
        return path.equals("/") || path.startsWith("/page/");
    }

    private static List<String> described() throws Exception {
        try (InputStream in = OpenApiRoutesTest.class.getResourceAsStream("/schemas/openapi.yaml")) {
            JsonNode paths = new ObjectMapper(new YAMLFactory()).readTree(in).get("paths");
            var described = new ArrayList<String>();
            paths.properties().forEach(path -> path.getValue().fieldNames().forEachRemaining(method -> {
                if (METHODS.contains(method)) {
                    described.add(method.toUpperCase(Locale.ROOT) + " " + path.getKey());
                }
            }));
            return described;
        }
    }
}
