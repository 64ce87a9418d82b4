package io.millrace.compose.cli;

import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.role.TopicSetup;
import io.millrace.compose.role.Verticles;
import io.millrace.compose.role.Worker;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.LanguageModel;
import io.millrace.schemas.Topics;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "worker", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Takes prompts from Kafka and writes their tokens and completions back. Any number of workers share the work.")
final class WorkerCommand implements Callable<Integer> {
    @Mixin
    private BrokerFlags broker;

    @Mixin
    private TopicFlags topicFlags;

    @Mixin
    private WorkerFlags workerFlags;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        BrokerAddress address = broker.address();
        Topics topics = broker.topics();
        int partitions = topicFlags.partitions();
        return new Service(spec.commandLine().getErr()).run(parts -> {
            LanguageModel model = parts.add("the model", workerFlags.open());
            OpenSpeculation speculation = parts.add("the draft model", workerFlags.openSpeculation());
            EngineOptions options = workerFlags.options(model, speculation);
            address.requireReachable();
            TopicSetup.ensure(address, topics, partitions);
            Verticles verticles = Verticles.start(parts);
            Worker worker = Worker.start(parts, verticles, workerFlags.ingest(address, topics, options), model,
                    options);
            spec.commandLine().getOut().printf(
                    "The worker is up: %s, %d at a time, context %d, prompts from %s on %s%n",
                    model.name(), options.maxSequences(), options.contextLength(), topics.prompts(),
                    address.bootstrapServers());
            return worker.ended();
        });
    }
}
