package io.millrace.compose.cli;

import io.millrace.compose.broker.EmbeddedBroker;
import io.millrace.compose.cli.CommandLineInterface.Root;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.role.Gateway;
import io.millrace.compose.role.Parts;
import io.millrace.compose.role.TopicSetup;
import io.millrace.compose.role.Verticles;
import io.millrace.compose.role.Worker;
import io.millrace.compose.trace.Traces;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.LanguageModel;
import io.millrace.schemas.Topics;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "up", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Runs everything in one process: a Kafka broker, a worker and a gateway. Ctrl-C ends it; what is on the topics stays on disk.")
final class UpCommand implements Callable<Integer> {
    @Option(names = "--open", description = "Opens the page in this desktop's browser.")
    private boolean open;

    @Mixin
    private UpFlags upFlags;

    @Mixin
    private BrokerFlags broker;

    @Mixin
    private TopicFlags topicFlags;

    @Mixin
    private WorkerFlags workerFlags;

    @Mixin
    private GatewayFlags gatewayFlags;

    @Mixin
    private TraceFlags traceFlags;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Topics topics = broker.topics();
        int partitions = topicFlags.partitions();
        var gatewayOptions = gatewayFlags.options();
        Traces traces = traceFlags.open(Root.environmentOf(spec), "millrace-up");
        return new Service(spec.commandLine().getErr()).run(parts -> {
            LanguageModel model = parts.add("the model", workerFlags.open());
            OpenSpeculation speculation = parts.add("the draft model", workerFlags.openSpeculation());
            EngineOptions options = workerFlags.options(model, speculation);
            BrokerAddress address = broker.given().orElseGet(() -> startBroker(parts));
            address.requireReachable();
            TopicSetup.ensure(address, topics, partitions);
            Verticles verticles = Verticles.start(parts, parts.add("the traces", traces));
            Worker worker = Worker.start(parts, verticles, workerFlags.ingest(address, topics, options), model,
                    options);
            Gateway gateway = Gateway.start(parts, verticles, address, topics, gatewayOptions);
            announce(address, topics, model, options, gateway);
            if (open) {
                open(gateway.pageUrl());
            }
            return worker.ended();
        });
    }

    private BrokerAddress startBroker(Parts parts) {
        var embedded = parts.add("the broker", new EmbeddedBroker(upFlags.data(), upFlags.kafkaPort()));
        embedded.start();
        return BrokerAddress.parse(embedded.bootstrapServers());
    }

    private void announce(BrokerAddress address, Topics topics, LanguageModel model, EngineOptions options,
            Gateway gateway) {
        boolean usual = address.equals(new BrokerFlags().address()) && topics.equals(Topics.DEFAULT);
        String where = usual
                ? ""
                : "--bootstrap-servers " + address.bootstrapServers() + " --topic-prefix " + topics.prefix() + " ";
        spec.commandLine().getOut().printf(
                "Millrace is up. Ctrl-C ends it.%n  model      %s, %d at a time, context %d%n  Kafka      %s, topics %s.*%n  WebSocket  %s%n  HTTP       %s/v1, as of OpenAI%n  Page       %s%nTry: ./millrace send %s\"Tell me a story about a boat\"%n",
                model.name(), options.maxSequences(), options.contextLength(), address.bootstrapServers(),
                topics.prefix(), gateway.url(), gateway.httpUrl(), gateway.pageUrl(), where);
    }

    private void open(String url) {
        if (!DesktopBrowser.of(System.getProperty("os.name"), System.getenv()).open(url)) {
            spec.commandLine().getErr().println("No browser could be opened here: the page is at " + url);
        }
    }
}
