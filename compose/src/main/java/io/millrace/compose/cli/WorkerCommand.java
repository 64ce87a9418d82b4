package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.compose.cli.CommandLineInterface.Root;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.role.TopicSetup;
import io.millrace.compose.role.Verticles;
import io.millrace.compose.role.Worker;
import io.millrace.compose.role.WorkerStatus;
import io.millrace.compose.trace.Traces;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.LanguageModel;
import io.millrace.ingest.IngestOptions;
import io.millrace.ingest.IntakeMode;
import io.millrace.schemas.Topics;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "worker", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Takes prompts from Kafka and writes their tokens and completions back. Any number of workers share the work.")
final class WorkerCommand implements Callable<Integer> {
    @Mixin
    private BrokerFlags broker;

    @Mixin
    private TopicFlags topicFlags;

    @Mixin
    private WorkerFlags workerFlags;

    @Option(names = "--intake", paramLabel = "group|share", defaultValue = "group", description = "How workers share the prompts: 'group' by partitions, with exactly one completion a prompt; 'share' one by one, as a Kafka share group, so that there may be more workers than partitions, with at least one completion a prompt: it can be written twice when a worker dies just then. All workers of a topic need the same; ${DEFAULT-VALUE} unless given.")
    private IntakeMode intake;

    @Option(names = "--worker-id", paramLabel = "NAME", description = "A name that this worker has each time it starts: its partitions wait for it for the session timeout of the consumer group (10 s with the broker of 'up', 45 s by default), and the others are not disturbed. For workers that are started again in place, one name each; nobody takes over earlier, so leave it out where workers come and go. None unless given.")
    private String workerId;

    @Option(names = "--status-port", paramLabel = "PORT", description = "Port for /live, /health and /metrics, 0 for a free one; none unless given.")
    private Integer statusPort;

    @Option(names = "--status-host", paramLabel = "HOST", defaultValue = "127.0.0.1", description = "Address for --status-port; ${DEFAULT-VALUE} unless given, 0.0.0.0 for every network.")
    private String statusHost;

    @Mixin
    private TraceFlags traceFlags;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        BrokerAddress address = broker.address();
        Topics topics = broker.topics();
        int partitions = topicFlags.partitions();
        requireValid();
        Traces traces = traceFlags.open(Root.environmentOf(spec), "millrace-worker");
        return new Service(spec.commandLine().getErr()).run(parts -> {
            LanguageModel model = parts.add("the model", workerFlags.open());
            OpenSpeculation speculation = parts.add("the draft model", workerFlags.openSpeculation());
            EngineOptions options = workerFlags.options(model, speculation);
            address.requireReachable();
            TopicSetup.ensure(address, topics, partitions);
            Verticles verticles = Verticles.start(parts, parts.add("the traces", traces));
            Worker worker = Worker.start(parts, verticles, ingest(address, topics, options), model, options);
            spec.commandLine().getOut().printf(
                    "The worker is up: %s, %d at a time, context %d, prompts from %s on %s%n",
                    model.name(), options.maxSequences(), options.contextLength(), topics.prompts(),
                    address.bootstrapServers());
            if (statusPort != null) {
                spec.commandLine().getOut().printf("Its status is at %s/health, /live and /metrics%n", WorkerStatus
                        .start(verticles, worker, statusHost, statusPort).url());
            }
            return worker.ended();
        });
    }

    private void requireValid() {
        if (statusPort != null && (statusPort < 0 || statusPort > 65_535)) {
            throw new UserException("--status-port must be from 0 to 65535, not " + statusPort);
        }
        if (workerId == null) {
            return;
        }
        if (intake == IntakeMode.SHARE) {
            throw new UserException("--worker-id is for --intake group: a share group keeps no places; leave it out");
        }
        if (!IngestOptions.isWorkerId(workerId)) {
            throw new UserException("--worker-id must be up to 100 letters, digits, '.', '_' and '-', not '" + workerId
                    + "'");
        }
    }

    private IngestOptions ingest(BrokerAddress address, Topics topics, EngineOptions engine) {
        IngestOptions options = workerFlags.ingest(address, topics, engine);
        return switch (intake) {
            case GROUP -> workerId == null ? options : options.withWorkerId(workerId);
            // what would only wait here is better off where any worker can take it
            case SHARE -> options.withIntake(intake, IngestOptions.DEFAULT_SHARE_GROUP)
                    .withMaxInFlight(engine.maxSequences());
        };
    }
}
