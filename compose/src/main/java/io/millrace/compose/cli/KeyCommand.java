package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.sink.http.ApiKeys;
import io.millrace.sink.http.Scope;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "key", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Makes a key for a gateway. The line for its --api-keys file goes to stdout, the key itself, which is kept nowhere, to stderr.")
final class KeyCommand implements Callable<Integer> {
    private static final int KEY_BYTES = 32;

    @Parameters(paramLabel = "NAME", description = "Whose key it is: up to 32 letters, digits, _ or -.")
    private String name;

    @Option(names = "--scopes", paramLabel = "SCOPE", split = ",", defaultValue = "generate,subscribe", description = "What it allows, with commas between: ${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} unless given.")
    private Set<Scope> scopes;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        byte[] random = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(random);
        String key = "mr-" + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
        try {
            spec.commandLine().getOut().println(ApiKeys.line(name, EnumSet.copyOf(scopes), key));
        } catch (IllegalArgumentException e) {
            throw new UserException("NAME " + e.getMessage(), e);
        }
        spec.commandLine().getErr().println("The key of " + name + ": " + key);
        return 0;
    }
}
