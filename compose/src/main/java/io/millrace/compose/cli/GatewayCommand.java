package io.millrace.compose.cli;

import io.millrace.compose.cli.CommandLineInterface.Root;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.role.Gateway;
import io.millrace.compose.role.TopicSetup;
import io.millrace.compose.role.Verticles;
import io.millrace.compose.trace.Traces;
import io.millrace.schemas.Topics;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "gateway", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Serves token streams over HTTP and WebSocket, from Kafka. Any number of gateways serve the same streams.")
final class GatewayCommand implements Callable<Integer> {
    @Mixin
    private BrokerFlags broker;

    @Mixin
    private TopicFlags topicFlags;

    @Mixin
    private GatewayFlags gatewayFlags;

    @Mixin
    private TraceFlags traceFlags;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        BrokerAddress address = broker.address();
        Topics topics = broker.topics();
        int partitions = topicFlags.partitions();
        var options = gatewayFlags.options();
        Traces traces = traceFlags.open(Root.environmentOf(spec), "millrace-gateway");
        return new Service(spec.commandLine().getErr()).run(parts -> {
            address.requireReachable();
            TopicSetup.ensure(address, topics, partitions);
            Verticles verticles = Verticles.start(parts, parts.add("the traces", traces));
            Gateway gateway = Gateway.start(parts, verticles, address, topics, options);
            spec.commandLine().getOut().printf("The gateway is up: %s, streams from %s on %s%nIts page: %s%n",
                    gateway.url(),
                    topics.tokens(), address.bootstrapServers(), gateway.pageUrl());
            // nothing but Ctrl-C ends a gateway
            return new CompletableFuture<>();
        });
    }
}
