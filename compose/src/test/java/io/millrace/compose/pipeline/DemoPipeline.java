package io.millrace.compose.pipeline;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import io.millrace.compose.role.Gateway;
import io.millrace.compose.role.Parts;
import io.millrace.compose.role.Verticles;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.LanguageModel;
import io.millrace.ingest.IngestOptions;
import io.millrace.schemas.Topics;
import io.millrace.sink.GatewayOptions;
import java.time.Duration;

/** A worker with the built-in model and a gateway, on topics of their own. */
final class DemoPipeline implements AutoCloseable {
    final LanguageModel model;
    final Topics topics;
    final String httpUrl;
    final OpenAIClient client;
    private final Parts parts = new Parts();

    DemoPipeline(Cluster cluster) {
        topics = cluster.newTopics();
        Verticles verticles = Verticles.start(parts);
        model = parts.add("the model", LanguageModel.demo());
        io.millrace.compose.role.Worker.start(parts, verticles, IngestOptions.of(cluster.clientSettings(), topics),
                model, EngineOptions.defaults(model));
        httpUrl = Gateway.start(parts, verticles, cluster.address(), topics, GatewayOptions.DEFAULT).httpUrl();
        client = OpenAIOkHttpClient.builder().baseUrl(httpUrl + "/v1").apiKey("none").maxRetries(0)
                .responseValidation(true).timeout(Duration.ofSeconds(30)).build();
    }

    @Override
    public void close() {
        client.close();
        parts.close();
    }
}
