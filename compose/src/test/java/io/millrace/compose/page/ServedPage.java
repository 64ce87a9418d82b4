package io.millrace.compose.page;

import io.millrace.compose.pipeline.Cluster;
import io.millrace.compose.pipeline.Pipeline;
import io.millrace.compose.pipeline.ScriptedRunner;
import io.millrace.compose.role.Gateway;
import io.millrace.compose.role.Parts;
import io.millrace.compose.role.Verticles;
import io.millrace.compose.role.Worker;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.LanguageModel;
import io.millrace.ingest.IngestOptions;
import io.millrace.sink.GatewayOptions;
import java.net.URI;
import java.util.function.UnaryOperator;

/** A gateway that serves the page, and what answers behind it, on topics of their own. */
final class ServedPage implements AutoCloseable {
    final Pipeline pipeline;
    private final Cluster cluster;
    private final UnaryOperator<GatewayOptions> change;
    private final Parts parts = new Parts();
    private Parts gatewayParts;
    private String url;

    private ServedPage(Cluster cluster, UnaryOperator<GatewayOptions> change) {
        this.cluster = cluster;
        this.change = change;
        pipeline = new Pipeline(cluster);
        startGateway(0);
    }

    /** With a worker that has the built-in model. */
    static ServedPage withDemoModel(Cluster cluster) {
        var served = withoutWorker(cluster, options -> options);
        LanguageModel demo = served.parts.add("the model", LanguageModel.demo());
        Worker.start(served.parts, Verticles.start(served.parts),
                IngestOptions.of(cluster.clientSettings(), served.pipeline.topics), demo, EngineOptions.defaults(demo));
        return served;
    }

    /** With a worker whose prompts say what it answers. */
    static ServedPage withScript(Cluster cluster, UnaryOperator<GatewayOptions> change) {
        var served = withoutWorker(cluster, change);
        served.startScriptedWorker();
        return served;
    }

    static ServedPage withoutWorker(Cluster cluster, UnaryOperator<GatewayOptions> change) {
        return new ServedPage(cluster, change);
    }

    void startScriptedWorker() {
        parts.add("the worker", io.millrace.compose.pipeline.Worker.start(pipeline, new ScriptedRunner(),
                options -> options.withGroup(IngestOptions.DEFAULT_GROUP)));
    }

    private void startGateway(int port) {
        gatewayParts = new Parts();
        var options = change.apply(GatewayOptions.DEFAULT).withAddress("127.0.0.1", port);
        url = Gateway.start(gatewayParts, Verticles.start(gatewayParts), cluster.address(), pipeline.topics, options)
                .pageUrl();
    }

    /** The page's address; the same after the gateway has started again. */
    String url() {
        return url;
    }

    void stopGateway() {
        gatewayParts.close();
    }

    void startGatewayAgain() {
        startGateway(URI.create(url).getPort());
    }

    @Override
    public void close() {
        gatewayParts.close();
        parts.close();
        pipeline.close();
    }
}
