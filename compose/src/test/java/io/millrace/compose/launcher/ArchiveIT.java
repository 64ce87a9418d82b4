package io.millrace.compose.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.compose.program.Program;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The archive that users get, unpacked where no checkout is: it has all it needs, and its launchers start it. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ArchiveIT {
    @TempDir
    static Path temporary;

    /** The only folder in it, which has a space before it. */
    private static Path root;

    @BeforeAll
    static void unpack() throws Exception {
        Path target = Program.root().resolve("compose/target");
        String version = version(target);
        Path folder = Files.createDirectories(temporary.resolve("my programs"));
        Path archive = target.resolve("millrace-" + version + ".zip");
        try (FileSystem zip = FileSystems.newFileSystem(archive, Map.of("enablePosixFileAttributes", true));
                Stream<Path> files = Files.walk(zip.getPath("/"))) {
            for (Path file : (Iterable<Path>) files.skip(1)::iterator) {
                Path copy = folder.resolve(file.toString().substring(1));
                Files.copy(file, copy);
                // as unzip does
                Files.setPosixFilePermissions(copy, Files.getPosixFilePermissions(file));
            }
        }
        root = folder.resolve("millrace-" + version);
    }

    private static String version(Path target) throws IOException {
        try (var jar = new JarFile(target.resolve("millrace.jar").toFile());
                InputStream in = jar.getInputStream(jar.getEntry("io/millrace/compose/cli/version.properties"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip().replace("version=", "");
        }
    }

    private static String run(String... command) throws Exception {
        var builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.directory(temporary.toFile()).environment().put("MILLRACE_JAVA_HOME", System.getProperty("java.home"));
        Process process = builder.start();
        process.outputWriter().close();
        String out = process.inputReader().readAllAsString();
        assertThat(process.waitFor()).as(String.join(" ", command)).isZero();
        return out;
    }

    private static String text(String file) throws IOException {
        return Files.readString(root.resolve(file));
    }

    @Test
    void theLauncherCompletesAText() throws Exception {
        String launcher = root.resolve("millrace").toString();
        assertThat(run(launcher, "--version")).startsWith("millrace ");
        assertThat(run(launcher, "complete", "-p", "Once upon a time", "-n", "5", "--temp", "0"))
                .isNotBlank();
        // nothing is built, and nothing written beside it
        try (Stream<Path> files = Files.list(root)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactlyInAnyOrder("millrace",
                    "millrace.cmd", "lib", "docs", "README.md", "CHANGELOG.md", "SECURITY.md", "LICENSE");
        }
    }

    @Test
    void everyLibraryThatTheJarNamesIsThereAndNoOther() throws Exception {
        try (var jar = new JarFile(root.resolve("lib/millrace.jar").toFile());
                Stream<Path> files = Files.list(root.resolve("lib/lib"))) {
            Set<String> named = new HashSet<>(List.of(jar.getManifest().getMainAttributes().getValue("Class-Path")
                    .split(" ")));
            assertThat(files.map(file -> "lib/" + file.getFileName())).containsExactlyInAnyOrderElementsOf(named);
        }
    }

    @Test
    void windowsGetsTheSameProgramAndTheSameFlags() throws Exception {
        String script = text("millrace.cmd");
        assertThat(script.lines()).isNotEmpty();
        assertThat(script.replace("\r\n", "")).doesNotContain("\n", "\r");
        assertThat(StandardCharsets.US_ASCII.newEncoder().canEncode(script)).isTrue();
        Set<String> files = names(script, "%root%([\\w\\\\.]+)");
        assertThat(files).containsExactlyInAnyOrder("lib\\millrace.jar", "lib\\jvm.options");
        files.forEach(file -> assertThat(root.resolve(file.replace('\\', '/'))).exists());
        assertThat(script).contains("\"%java%\" \"@%root%lib\\jvm.options\" %MILLRACE_JAVA_OPTS% -jar \"%jar%\" %*");
        assertThat(text("millrace")).contains("options=$root/lib/jvm.options", "\"@$options\"");
        // both heed the same variables
        assertThat(names(script, "(MILLRACE_\\w+)")).isEqualTo(names(text("millrace"), "(MILLRACE_\\w+)"));
    }

    @Test
    void everyJumpOfTheWindowsLauncherHasALabelAndEveryBracketItsOther() throws Exception {
        String script = text("millrace.cmd");
        Set<String> labels = names(script, "(?m)^:(\\w+)");
        assertThat(names(script, "(?:call :|goto :?)(\\w+)")).isEqualTo(labels).isNotEmpty();
        String[] commands = script.lines().filter(line -> !line.startsWith("rem ") && !line.startsWith("@")).map(
                line -> line.replaceAll("\"[^\"]*\"", "")).toArray(String[]::new);
        assertThat(count(commands, '(')).isEqualTo(count(commands, ')'));
        for (String line : commands) {
            assertThat(count(new String[]{line}, '"')).as(line).isZero();
        }
        // every variable is set here or known to Windows
        assertThat(names(script, "%(\\w+)%")).isSubsetOf("root", "jar", "java", "MILLRACE_JAVA_HOME",
                "MILLRACE_JAVA_OPTS", "JAVA_HOME", "ERRORLEVEL", "ProgramFiles", "USERPROFILE");
    }

    private static long count(String[] lines, char wanted) {
        return Arrays.stream(lines).flatMapToInt(String::chars).filter(letter -> letter == wanted).count();
    }

    private static Set<String> names(String text, String pattern) {
        return new HashSet<>(Pattern.compile(pattern).matcher(text).results().map((MatchResult found) -> found.group(1))
                .toList());
    }
}
