package io.millrace.compose.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.compose.program.Program;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the real script in a made-up repository, with a made-up Maven that says how it was called. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class ReleaseTest {
    private static final String CHANGES = "# Changes\n\n## 1.2.3\n\n- It flies.\n\n## 1.2.2\n\n- It swims.\n";

    @TempDir
    Path repository;

    @TempDir
    Path tools;

    private record Result(int status, String out) {}

    @BeforeEach
    void makeRepository() throws Exception {
        assumeTrue(exists("git") && exists("bash"), "no git, or no bash, on this machine");
        Files.createDirectories(repository.resolve(".ci"));
        Files.copy(Program.root().resolve(".ci/release"), repository.resolve(".ci/release"));
        Files.writeString(repository.resolve("CHANGELOG.md"), CHANGES);
        Files.writeString(repository.resolve(".gitignore"), "target/\n");
        Path maven = Files.writeString(tools.resolve("mvn"), """
                #!/bin/sh
                mkdir -p compose/target
                echo "$@" >compose/target/arguments
                echo archive >compose/target/millrace-1.2.3.zip
                echo parts >compose/target/millrace-1.2.3-sbom.cdx.json
                """);
        Files.setPosixFilePermissions(maven, PosixFilePermissions.fromString("rwxr-xr-x"));
        git("init", "-q");
        git("add", "-A");
        git("commit", "-q", "-m", "Begin");
    }

    private static boolean exists(String program) {
        for (String folder : System.getenv("PATH").split(":", -1)) {
            if (Files.isExecutable(Path.of(folder, program))) {
                return true;
            }
        }
        return false;
    }

    private void git(String... arguments) throws Exception {
        var command = new ArrayList<>(List.of("git", "-c", "user.name=Anna", "-c", "user.email=anna@example.com"));
        command.addAll(List.of(arguments));
        Result result = run(command);
        assertThat(result.status).as(result.out).isZero();
    }

    private Result release() throws Exception {
        return run(List.of("bash", repository.resolve(".ci/release").toString()));
    }

    private Result run(List<String> command) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(command).directory(repository.toFile()).redirectErrorStream(true);
        builder.environment().merge("PATH", tools + ":", (path, first) -> first + path);
        // not the user's own
        builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), out);
    }

    private void isRefused(String reason) throws Exception {
        Result result = release();
        assertThat(result.out.lines()).singleElement().asString().startsWith("release: ").contains(reason);
        assertThat(result.status).isEqualTo(1);
        assertThat(repository.resolve("target")).doesNotExist();
    }

    @Test
    void theVersionComesFromTheTag() throws Exception {
        git("tag", "v1.2.3");
        Result result = release();
        assertThat(result.status).as(result.out).isZero();
        assertThat(Files.readString(repository.resolve("compose/target/arguments"))).contains("-Prelease",
                "-Drevision=1.2.3", "verify")
                .containsPattern("outputTimestamp=\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
        Path published = repository.resolve("target/release");
        assertThat(Files.readString(published.resolve("changes.md")).strip()).isEqualTo("- It flies.");
        assertThat(Files.readString(published.resolve("SHA256SUMS"))).contains("millrace-1.2.3.zip",
                "millrace-1.2.3-sbom.cdx.json");
    }

    @Test
    void whatIsNoReleaseIsRefused() throws Exception {
        isRefused("has no tag");
        git("tag", "v1.2");
        isRefused("names no version");
        git("tag", "-d", "v1.2");
        git("tag", "v2.0.0");
        isRefused("no section for 2.0.0");
        git("tag", "-d", "v2.0.0");
        git("tag", "v1.2.3");
        Files.writeString(repository.resolve("CHANGELOG.md"), CHANGES + "\n");
        isRefused("no commit has");
    }
}
