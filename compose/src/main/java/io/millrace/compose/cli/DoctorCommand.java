package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.compose.cli.CommandLineInterface.Root;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.doctor.Check;
import io.millrace.compose.doctor.DiskCheck;
import io.millrace.compose.doctor.Finding;
import io.millrace.compose.doctor.GpuCheck;
import io.millrace.compose.doctor.JavaCheck;
import io.millrace.compose.doctor.KafkaCheck;
import io.millrace.compose.doctor.MachineMemory;
import io.millrace.compose.doctor.ModelCheck;
import io.millrace.compose.doctor.PortCheck;
import io.millrace.inference.LanguageModel;
import io.millrace.inference.gguf.Gguf;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "doctor", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Looks whether this machine can run Millrace: Java, the processor, memory for the models, ports, Kafka and its topics, disk, drivers of GPUs. Says what to do. Ends with 1 if something will not work.")
final class DoctorCommand implements Callable<Integer> {
    private static final String INDENT = " ".repeat(10);

    @Option(names = {"-m",
            "--model"}, paramLabel = "FILE", description = "A model that is to be run; may be given several times; the small built-in one unless given.")
    private List<Path> models = List.of();

    @Option(names = {"-c",
            "--ctx-size"}, paramLabel = "N", defaultValue = "0", description = "Tokens of prompt and answer together that it is to have; 0 for what a worker takes by itself.")
    private int context;

    @Option(names = {"-np",
            "--parallel"}, paramLabel = "N", defaultValue = "16", description = "Prompts that are generated at a time; ${DEFAULT-VALUE} unless given.")
    private int parallel;

    @Mixin
    private CacheFlags cache;

    @Mixin
    private BrokerFlags broker;

    @Mixin
    private TopicFlags topicFlags;

    @Mixin
    private UpFlags up;

    @Mixin
    private GatewayFlags gateway;

    @Option(names = "--json", description = "As one JSON object.")
    private boolean json;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (context < 0 || parallel < 1) {
            throw new UserException("--ctx-size must be 0 or more, and --parallel 1 or more");
        }
        var findings = new ArrayList<Finding>();
        checks().forEach(check -> findings.addAll(check.findings()));
        Output output = Root.outputOf(spec);
        if (json) {
            output.printJson(object(findings));
        } else {
            findings.forEach(finding -> print(finding, output));
        }
        return worst(findings) == Finding.Level.PROBLEM ? 1 : 0;
    }

    private List<Check> checks() {
        List<Check> checks = new ArrayList<>(List.of(new JavaCheck(), new GpuCheck()));
        checks.addAll(models());
        Optional<BrokerAddress> given = broker.given();
        var options = gateway.options();
        checks.add(new PortCheck("--port", options.host(), options.port()));
        if (given.isEmpty()) {
            checks.add(new PortCheck("--kafka-port", "127.0.0.1", up.kafkaPort()));
            checks.add(new DiskCheck(up.data()));
        }
        checks.add(new KafkaCheck(given.orElseGet(() -> BrokerAddress.parse("127.0.0.1:" + up.kafkaPort())), given
                .isPresent(), broker.topics(), topicFlags.partitions()));
        return checks;
    }

    private List<Check> models() {
        var wanted = new ModelCheck.Wanted(context, WorkerFlags.LONGEST_DEFAULT_CONTEXT, parallel, cache.keyType(),
                cache.valueType());
        MachineMemory machine = MachineMemory.now();
        if (models.isEmpty()) {
            return List.of(new ModelCheck("built-in model", LanguageModel::demoFile, wanted, machine));
        }
        return models.stream()
                .<Check>map(file -> new ModelCheck(file.toString(), () -> Gguf.open(file), wanted, machine))
                .toList();
    }

    private static Finding.Level worst(List<Finding> findings) {
        return findings.stream().map(Finding::level).max(Enum::compareTo).orElse(Finding.Level.OK);
    }

    private static void print(Finding finding, Output output) {
        output.printLine(String.format(Locale.ROOT, "%-8s  %s: %s", name(finding.level()), finding.subject(), finding
                .found()));
        if (!finding.remedy().isEmpty()) {
            output.printLine(INDENT + "-> " + finding.remedy());
        }
    }

    private static String name(Finding.Level level) {
        return level.name().toLowerCase(Locale.ROOT);
    }

    private static Map<String, Object> object(List<Finding> findings) {
        List<Map<String, Object>> entries = new ArrayList<>();
        for (Finding finding : findings) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("subject", finding.subject());
            entry.put("level", name(finding.level()));
            entry.put("found", finding.found());
            entry.put("remedy", finding.remedy());
            entries.add(entry);
        }
        Map<String, Object> object = new LinkedHashMap<>();
        object.put("level", name(worst(findings)));
        object.put("findings", entries);
        return object;
    }
}
