package io.millrace.compose.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Runs the real script in a made-up checkout, with made-up JDKs and a made-up Maven that only say how they were called. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class LauncherTest {
    private record Result(int status, String out, String err) {}

    @TempDir
    Path temporary;

    private Path checkout;
    private Path home;
    private Path tools;

    @BeforeEach
    void makeCheckout() throws IOException {
        // spaces, for all tests
        checkout = Files.createDirectories(temporary.resolve("a check out"));
        home = Files.createDirectories(temporary.resolve("home sweet"));
        tools = Files.createDirectories(temporary.resolve("tools"));
        Files.copy(repositoryRoot().resolve("millrace"), checkout.resolve("millrace"),
                StandardCopyOption.COPY_ATTRIBUTES);
        Files.createFile(checkout.resolve("pom.xml"));
        Files.createDirectories(checkout.resolve("compose/src/main/launcher"));
        for (var tool : List.of("dirname", "readlink", "sed", "find", "head", "mkdir", "rm", "rmdir", "cat", "sleep",
                "tee",
                "grep", "touch")) {
            script(tools.resolve(tool), "exec " + which(tool) + " \"$@\"");
        }
    }

    @Test
    void withoutAJdk25OneLineSaysWhatToInstall() throws Exception {
        makeBuilt();
        makeJdk(home.resolve(".jdks/old"), "21.0.4");
        var result = run(scriptOfAMachineWithoutJdks(), Map.of("JAVA_HOME", home.resolve(".jdks/old").toString()));
        assertThat(result.status).isEqualTo(2);
        assertThat(result.err.lines()).singleElement().asString().startsWith("millrace: needs a JDK 25: install one")
                .contains("MILLRACE_JAVA_HOME");
    }

    @Test
    void aJavaHomeOfAnotherVersionIsRefusedByName() throws Exception {
        makeBuilt();
        var jdk = makeJdk(temporary.resolve("jdk 21"), "21.0.4");
        var result = run(checkout.resolve("millrace"), Map.of("MILLRACE_JAVA_HOME", jdk.toString()));
        assertThat(result.status).isEqualTo(2);
        assertThat(result.err.lines()).singleElement().asString().contains("MILLRACE_JAVA_HOME is " + jdk,
                "not a JDK 25");
    }

    @Test
    void aJdkIsFoundInTheUsersFoldersByItsReleaseFile() throws Exception {
        makeBuilt();
        makeJdk(home.resolve(".jdks/a old"), "24.0.1");
        makeJdk(home.resolve(".jdks/the right one"), "25.0.3");
        var result = run(scriptOfAMachineWithoutJdks(), Map.of("JAVA_HOME", home.resolve(".jdks/a old").toString()));
        assertThat(result.err).isEmpty();
        assertThat(result.status).isEqualTo(7);
    }

    @Test
    void aJdkWithoutReleaseFileIsAskedForItsVersion() throws Exception {
        makeBuilt();
        var jdk = makeJdk(temporary.resolve("jdk"), "25");
        Files.delete(jdk.resolve("release"));
        assertThat(run(checkout.resolve("millrace"), Map.of("MILLRACE_JAVA_HOME", jdk.toString())).status).isEqualTo(7);
    }

    @Test
    void argumentsArriveAsTheyWereGiven() throws Exception {
        makeBuilt();
        var result = runWithJdk(checkout.resolve("millrace"), "send", "two words", "", "$HOME *");
        assertThat(result.out.lines()).containsSubsequence("-jar",
                checkout.toRealPath() + "/compose/target/millrace.jar",
                "send", "two words", "", "$HOME *");
    }

    @Test
    void linksToTheScriptLeadToTheCheckout() throws Exception {
        makeBuilt();
        var one = Files.createSymbolicLink(temporary.resolve("one"), Path.of("a check out/millrace"));
        var two = Files.createSymbolicLink(temporary.resolve("two"), one);
        assertThat(runWithJdk(two).out).contains(checkout.toRealPath() + "/compose/target/millrace.jar");
    }

    @Test
    void anArchiveOfClassesIsUsedIfThereIsOne() throws Exception {
        makeBuilt();
        assertThat(runWithJdk(checkout.resolve("millrace")).out).doesNotContain("SharedArchiveFile");
        Files.createFile(checkout.resolve("compose/target/millrace.jsa"));
        assertThat(runWithJdk(checkout.resolve("millrace")).out)
                .contains("-XX:SharedArchiveFile=" + checkout.toRealPath());
    }

    @Test
    void theFirstStartBuilds() throws Exception {
        makeMaven("mkdir -p compose/target; touch compose/target/millrace.jar compose/target/millrace.built");
        var result = runWithJdk(checkout.resolve("millrace"));
        assertThat(result.status).isEqualTo(7);
        assertThat(result.err.lines().toList()).first().asString().contains("building with Maven", "a few minutes");
        assertThat(result.err).contains("built");
        assertThat(checkout.resolve("target/launcher.lock")).doesNotExist();
    }

    @Test
    void aChangedSourceIsBuiltAgainAndAnUnchangedOneIsNot() throws Exception {
        makeBuilt();
        makeMaven("touch compose/target/millrace.built");
        assertThat(runWithJdk(checkout.resolve("millrace")).err).isEmpty();
        var source = Files.createFile(checkout.resolve("compose/src/main/New.java"));
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(1)));
        Files.setLastModifiedTime(checkout.resolve("compose/target/millrace.built"),
                FileTime.from(Instant.now().minusSeconds(60)));
        assertThat(runWithJdk(checkout.resolve("millrace")).err).contains("sources have changed");
    }

    @Test
    void withoutMavenOneLineSaysWhatToInstall() throws Exception {
        var result = runWithJdk(checkout.resolve("millrace"));
        assertThat(result.status).isEqualTo(2);
        assertThat(result.err.lines()).singleElement().asString().contains("needs Maven");
    }

    @Test
    void aBuildThatCannotDownloadSaysSo() throws Exception {
        makeMaven("echo '[ERROR] Could not transfer artifact a:b:jar:1 from/to central: Unknown host'; exit 1");
        var result = runWithJdk(checkout.resolve("millrace"));
        assertThat(result.status).isEqualTo(2);
        assertThat(result.err.lines().toList()).last().asString().contains("could not download", "launcher-build.log");
        assertThat(checkout.resolve("target/launcher.lock")).doesNotExist();
    }

    @Test
    void aBuildThatFailsShowsMavensFirstError() throws Exception {
        makeMaven("echo '[ERROR] Foo.java:[3,1] no'; exit 1");
        assertThat(runWithJdk(checkout.resolve("millrace")).err).contains("the build failed: Foo.java:[3,1] no");
    }

    @Test
    void twoFirstStartsBuildOnce() throws Exception {
        makeMaven("echo once >> builds; sleep 1; mkdir -p compose/target; "
                + "touch compose/target/millrace.jar compose/target/millrace.built");
        var environment = withJdk();
        var first = start(checkout.resolve("millrace"), environment);
        var second = start(checkout.resolve("millrace"), environment);
        assertThat(List.of(resultOf(first).status, resultOf(second).status)).containsExactly(7, 7);
        assertThat(Files.readAllLines(checkout.resolve("builds"))).hasSize(1);
    }

    @Test
    void theLockOfABuilderThatDiedIsNotWaitedFor() throws Exception {
        makeMaven("mkdir -p compose/target; touch compose/target/millrace.jar compose/target/millrace.built");
        var lock = Files.createDirectories(checkout.resolve("target/launcher.lock"));
        var gone = new ProcessBuilder("true").start();
        gone.waitFor();
        Files.writeString(lock.resolve("pid"), gone.pid() + "\n");
        assertThat(runWithJdk(checkout.resolve("millrace")).status).isEqualTo(7);
    }

    private Path scriptOfAMachineWithoutJdks() throws IOException {
        var script = checkout.resolve("millrace");
        return Files.writeString(script,
                Files.readString(script).replace("/usr/lib/jvm/", "/nowhere/").replace("/opt/", "/nowhere/"));
    }

    private void makeBuilt() throws IOException {
        var target = Files.createDirectories(checkout.resolve("compose/target"));
        Files.createFile(target.resolve("millrace.jar"));
        Files.createFile(target.resolve("millrace.built"));
    }

    /** A java that prints its arguments, one a line, and ends with status 7. */
    private static Path makeJdk(Path home, String version) throws IOException {
        Files.createDirectories(home.resolve("bin"));
        Files.writeString(home.resolve("release"), "IMPLEMENTOR=\"Nobody\"\nJAVA_VERSION=\"" + version + "\"\n");
        script(home.resolve("bin/java"), "[ \"$1\" != -version ] || { echo 'openjdk version \"" + version
                + "\" 2026-01-01' >&2; exit 0; }\nprintf '%s\\n' \"$@\"\nexit 7");
        script(home.resolve("bin/javac"), "exit 0");
        return home;
    }

    private void makeMaven(String body) throws IOException {
        script(tools.resolve("mvn"), body);
    }

    private static void script(Path file, String body) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + body + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Map<String, String> withJdk() throws IOException {
        return Map.of("MILLRACE_JAVA_HOME", makeJdk(temporary.resolve("jdk 25"), "25.0.3").toString());
    }

    private Result runWithJdk(Path script, String... arguments) throws Exception {
        return run(script, withJdk(), arguments);
    }

    private Result run(Path script, Map<String, String> environment, String... arguments) throws Exception {
        return resultOf(start(script, environment, arguments));
    }

    private Process start(Path script, Map<String, String> environment, String... arguments) throws IOException {
        var command = new ArrayList<String>(List.of("/bin/sh", script.toString()));
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(temporary.toFile());
        builder.environment().clear();
        builder.environment().putAll(Map.of("HOME", home.toString(), "PATH", tools.toString()));
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static Result resultOf(Process process) throws Exception {
        process.getOutputStream().close();
        var out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        var err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), out, err);
    }

    private static Path which(String tool) {
        for (var folder : List.of("/bin", "/usr/bin")) {
            var file = Path.of(folder, tool);
            if (Files.isExecutable(file)) {
                return file;
            }
        }
        throw new IllegalStateException("no " + tool + " in /bin or /usr/bin");
    }

    private static Path repositoryRoot() {
        var folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("millrace"))) {
            folder = folder.getParent();
        }
        return folder;
    }
}
