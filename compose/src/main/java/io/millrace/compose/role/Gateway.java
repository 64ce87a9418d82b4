package io.millrace.compose.role;

import io.millrace.compose.UserException;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.client.PromptSender;
import io.millrace.ingest.IngestOptions;
import io.millrace.schemas.Topics;
import io.millrace.sink.GatewayOptions;
import io.millrace.sink.GatewayVerticle;
import io.millrace.sink.StreamHub;
import io.millrace.sink.WorkerGroup;
import java.net.BindException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;

/** Serves HTTP and WebSocket clients, and sends their prompts to the topic. */
public final class Gateway {
    private final String host;
    private final GatewayVerticle verticle;

    private Gateway(String host, GatewayVerticle verticle) {
        this.host = host;
        this.verticle = verticle;
    }

    /**
     * Starts a gateway; {@code parts} closes it.
     *
     * @throws UserException if the port cannot be had
     */
    public static Gateway start(Parts parts, Verticles verticles, BrokerAddress address, Topics topics,
            GatewayOptions options) {
        Map<String, Object> client = Map.of("bootstrap.servers", address.bootstrapServers());
        StreamHub hub = parts.add("the stream hub", new StreamHub(new StreamHub.Options(client, topics.tokens())));
        hub.start();
        PromptSender sender = parts.add("the prompt sender", new PromptSender(address, topics));
        WorkerGroup workers = parts.add("the watch on workers", new WorkerGroup(client,
                topics.prompts(), List.of(IngestOptions.DEFAULT_GROUP), List.of(IngestOptions.DEFAULT_SHARE_GROUP)));
        workers.start();
        var verticle = new GatewayVerticle(options, hub, new TopicPrompts(sender), workers);
        deploy(verticles, verticle, options);
        return new Gateway(options.host(), verticle);
    }

    private static void deploy(Verticles verticles, GatewayVerticle verticle, GatewayOptions options) {
        try {
            verticles.deploy("the gateway", verticle);
        } catch (CompletionException e) {
            if (e.getCause() instanceof BindException cause) {
                throw new UserException("port " + options.port() + " cannot be listened on at " + options.host() + " ("
                        + cause.getMessage() + "): choose another with --port (0 picks a free one) or --host", e);
            }
            throw e;
        }
    }

    /** Where it answers HTTP. */
    public String httpUrl() {
        return "http://" + host + ":" + verticle.port();
    }

    /** Where clients connect for streams. */
    public String url() {
        return "ws://" + host + ":" + verticle.port() + "/v1/stream";
    }
}
