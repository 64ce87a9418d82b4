package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.compose.cli.CommandLineInterface.Root;
import io.millrace.compose.pull.Catalog;
import io.millrace.compose.pull.Checksum;
import io.millrace.compose.pull.Hub;
import io.millrace.compose.pull.Proxies;
import io.millrace.compose.pull.PullOptions;
import io.millrace.compose.pull.Puller;
import io.millrace.compose.pull.Web;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "pull", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Fetches a model, all files of a split one, into the folder where -m finds it. What was interrupted goes on where it was.", footer = {
        "", "HF_TOKEN is sent to Hugging Face for models that need it, and to nobody else;",
        "HF_ENDPOINT names a mirror. HTTPS_PROXY, HTTP_PROXY and NO_PROXY are heeded."})
final class PullCommand implements Callable<Integer> {
    private static final int MOST_CONNECTIONS = 32;

    @Parameters(paramLabel = "NAME|URL", description = "The model: OWNER/REPO of Hugging Face, OWNER/REPO:Q4_K_M, OWNER/REPO/FILE.gguf, or a URL.")
    private String name;

    @Option(names = "--connections", paramLabel = "N", defaultValue = "4", description = "How many to fetch with at a time; ${DEFAULT-VALUE} unless given.")
    private int connections;

    @Option(names = "--sha256", paramLabel = "HEX", description = "What the file must have; of Hugging Face's files it is known.")
    private String sha256;

    @Mixin
    private ModelsFolderFlag models;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (connections < 1 || connections > MOST_CONNECTIONS) {
            throw new UserException("--connections must be from 1 to " + MOST_CONNECTIONS + ", not " + connections);
        }
        Optional<String> expected = Optional.ofNullable(sha256).map(text -> text.toLowerCase(Locale.ROOT));
        if (expected.isPresent() && !Checksum.isSha256(expected.get())) {
            throw new UserException("--sha256 must be 64 hexadecimal digits, not " + sha256);
        }
        Root.outputOf(spec).printLine(pull(expected).toString());
        return 0;
    }

    /** The model's first file. */
    private Path pull(Optional<String> expected) {
        Map<String, String> environment = Root.environmentOf(spec);
        Hub hub = Hub.of(environment);
        try (var web = new Web(hub, new Proxies(environment));
                var progress = new PullBars(spec.commandLine().getErr())) {
            var puller = new Puller(web, models.folder().path(), PullOptions.DEFAULT.withConnections(connections),
                    progress);
            return puller.pull(new Catalog(hub, web).files(name), expected).getFirst();
        }
    }
}
