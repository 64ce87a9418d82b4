package io.millrace.compose.stack;

import static java.util.stream.Collectors.toCollection;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.millrace.compose.broker.EmbeddedBroker;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.program.Program;
import io.millrace.compose.role.Gateway;
import io.millrace.compose.role.Parts;
import io.millrace.compose.role.TopicSetup;
import io.millrace.compose.role.Verticles;
import io.millrace.compose.role.Worker;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.LanguageModel;
import io.millrace.ingest.IngestOptions;
import io.millrace.schemas.Topics;
import io.millrace.sink.GatewayOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the dashboard shows and alerts look at is there to be seen, and what tells containers apart works. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class MetricNamesIT {
    private static final Pattern NAME = Pattern.compile("\\b((?:millrace|gen_ai|jvm|vertx|process)_\\w+)");

    @TempDir
    Path data;

    private final Parts parts = new Parts();
    private final HttpClient client = HttpClient.newHttpClient();
    private Gateway gateway;

    @BeforeEach
    void open() {
        var broker = parts.add("the broker", new EmbeddedBroker(data, 0));
        broker.start();
        BrokerAddress address = BrokerAddress.parse(broker.bootstrapServers());
        TopicSetup.ensure(address, Topics.DEFAULT, 1);
        Verticles verticles = Verticles.start(parts);
        LanguageModel demo = parts.add("the model", LanguageModel.demo());
        Worker.start(parts, verticles, IngestOptions.of(address.clientSettings(), Topics.DEFAULT), demo, EngineOptions
                .defaults(demo));
        gateway = Gateway.start(parts, verticles, address, Topics.DEFAULT, GatewayOptions.DEFAULT);
    }

    @AfterEach
    void close() {
        client.shutdownNow();
        parts.close();
    }

    private String send(String path, HttpRequest.BodyPublisher body) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(gateway.httpUrl() + path));
        return client.send((body == null ? request : request.POST(body)).build(), BodyHandlers.ofString()).body();
    }

    @Test
    void everyMetricOfTheDashboardAndTheAlertsIsExposed() throws Exception {
        send("/v1/completions", BodyPublishers.ofString("{\"prompt\":\"Once upon a time\",\"max_tokens\":9}"));
        System.gc();
        String exposed;
        do {
            // the lag is asked for every two seconds
            exposed = send("/metrics", null);
        } while (!exposed.contains("millrace_lag_prompts{"));
        Set<String> names = names(exposed);
        assertThat(names).containsAll(names(dashboard())).containsAll(names(alerts()));
    }

    private static Set<String> names(String text) {
        return NAME.matcher(text).results().map((MatchResult found) -> found.group(1)).collect(toCollection(
                TreeSet::new));
    }

    private static String dashboard() throws Exception {
        var panels = new ObjectMapper().readTree(Program.root().resolve("compose/grafana/dashboards/millrace.json")
                .toFile()).get("panels");
        assertThat(panels).hasSizeGreaterThan(10);
        return String.join("\n", panels.findValuesAsText("expr"));
    }

    private static String alerts() throws Exception {
        return String.join("\n", new ObjectMapper(new YAMLFactory()).readTree(Program.root().resolve(
                "compose/prometheus/alerts.yml").toFile()).findValuesAsText("expr"));
    }

    @Test
    void theContainersCheckTellsWhetherAGatewayIsWell() throws Exception {
        String port = String.valueOf(URI.create(gateway.httpUrl()).getPort());
        assertThat(healthy(port)).isZero();
        parts.close();
        assertThat(healthy(port)).isNotZero();
    }

    private static int healthy(String port) throws Exception {
        return new ProcessBuilder(Program.root().resolve("compose/container/healthy").toString(), port)
                .redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    }
}
