package io.millrace.compose.role;

import io.millrace.compose.UserException;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.client.PromptSender;
import io.millrace.compose.metrics.Metrics;
import io.millrace.compose.page.WebPage;
import io.millrace.ingest.IngestOptions;
import io.millrace.schemas.Topics;
import io.millrace.sink.GatewayOptions;
import io.millrace.sink.GatewayVerticle;
import io.millrace.sink.StreamHub;
import io.millrace.sink.WorkerBoard;
import io.millrace.sink.WorkerGroup;
import java.net.BindException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;

/** Serves HTTP and WebSocket clients, and sends their prompts to the topic. */
public final class Gateway {
    private final GatewayOptions options;
    private final GatewayVerticle verticle;

    private Gateway(GatewayOptions options, GatewayVerticle verticle) {
        this.options = options;
        this.verticle = verticle;
    }

    /**
     * Starts a gateway; {@code parts} closes it.
     *
     * @throws UserException if the port cannot be had
     */
    public static Gateway start(Parts parts, Verticles verticles, BrokerAddress address, Topics topics,
            GatewayOptions options) {
        Metrics metrics = verticles.metrics();
        Map<String, Object> client = address.clientSettings();
        StreamHub hub = parts.add("the stream hub", new StreamHub(new StreamHub.Options(client, topics.tokens())));
        hub.start();
        PromptSender sender = parts.add("the prompt sender", new PromptSender(address, topics));
        WorkerGroup workers = parts.add("the watch on workers", new WorkerGroup(client,
                topics.prompts(), List.of(IngestOptions.DEFAULT_GROUP), List.of(IngestOptions.DEFAULT_SHARE_GROUP)));
        workers.start();
        WorkerBoard board = parts.add("the board of workers", new WorkerBoard(client, topics));
        board.start();
        var verticle = new GatewayVerticle(options.withPage(new WebPage()).withTraces(verticles.traces().requests()),
                hub, new TopicPrompts(sender, verticles.traces()),
                workers, board, metrics::scrape);
        metrics.gateway(workers);
        deploy(verticles, verticle, options);
        return new Gateway(options, verticle);
    }

    private static void deploy(Verticles verticles, GatewayVerticle verticle, GatewayOptions options) {
        try {
            verticles.deploy("the gateway", verticle);
        } catch (CompletionException e) {
            if (e.getCause() instanceof BindException cause) {
                throw new UserException("port " + options.port() + " cannot be listened on at " + options.host() + " ("
                        + cause.getMessage() + "): choose another with --port (0 picks a free one) or --host", e);
            }
            if (options.tls().isPresent()) {
                throw new UserException("--tls-cert " + options.tls().get().certificate() + " and --tls-key "
                        + options.tls().get().key() + " cannot be used (" + e.getCause().getMessage()
                        + "): give a certificate and its key, both in PEM", e);
            }
            throw e;
        }
    }

    /** Where browsers of this machine find its page. */
    public String pageUrl() {
        // what listens everywhere has no address of its own
        return httpUrl().replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//[::1]:") + "/";
    }

    /** Where it answers HTTP. */
    public String httpUrl() {
        return (options.tls().isPresent() ? "https://" : "http://") + authority();
    }

    /** Where clients connect for streams. */
    public String url() {
        return (options.tls().isPresent() ? "wss://" : "ws://") + authority() + "/v1/stream";
    }

    private String authority() {
        return (options.host().contains(":") ? "[" + options.host() + "]" : options.host()) + ":" + verticle.port();
    }
}
