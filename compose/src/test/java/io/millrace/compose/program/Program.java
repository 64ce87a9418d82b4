package io.millrace.compose.program;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The program as its users start it: the launcher of this checkout, in a process of its own. */
public final class Program implements AutoCloseable {
    /** What the JVM itself says, and nobody can switch off. */
    private static final String JVM_WARNING = "WARNING: Using incubator modules";
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final Process process;
    private final Path out;
    private final Path err;

    private Program(List<String> command, Map<String, String> environment) {
        try {
            out = Files.createTempFile("millrace", ".out");
            err = Files.createTempFile("millrace", ".err");
            var builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().put("MILLRACE_JAVA_HOME", System.getProperty("java.home"));
            // whoever runs these tests may have settings of their own
            builder.environment().put("MILLRACE_CONFIG", "/dev/null");
            builder.environment().putAll(environment);
            process = builder.start();
            process.outputWriter().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static Program start(String... arguments) {
        var command = new ArrayList<>(List.of(root().resolve("millrace").toString()));
        command.addAll(List.of(arguments));
        return new Program(command, Map.of());
    }

    /** As {@link #start(String...)}, with JVM flags of its own. */
    public static Program start(String jvmFlags, List<String> arguments) {
        var command = new ArrayList<>(List.of(root().resolve("millrace").toString()));
        command.addAll(arguments);
        return new Program(command, Map.of("MILLRACE_JAVA_OPTS", jvmFlags));
    }

    /** A program of these tests: a class with a {@code main}, and their class path. */
    public static Program ofClass(Class<?> main, String... arguments) {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx256m", "--sun-misc-unsafe-memory-access=allow",
                "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(List.of(arguments));
        return new Program(command, Map.of());
    }

    /** The checkout. */
    public static Path root() {
        Path folder = Path.of("").toAbsolutePath();
        while (!Files.exists(folder.resolve("millrace"))) {
            folder = folder.getParent();
        }
        return folder;
    }

    /** The first line of output that fits, once it is there. */
    public String awaitLine(Predicate<String> wanted) throws InterruptedException {
        return awaitLine(this::out, wanted);
    }

    /** As {@link #awaitLine}, of what it writes to stderr. */
    public String awaitErrorLine(Predicate<String> wanted) throws InterruptedException {
        return awaitLine(this::err, wanted);
    }

    private String awaitLine(Supplier<String> written, Predicate<String> wanted) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            // looked at first: what it wrote before it ended counts
            boolean ended = !process.isAlive();
            var line = written.get().lines().filter(wanted).findFirst();
            if (line.isPresent()) {
                return line.get();
            }
            if (ended || System.nanoTime() > deadline) {
                throw new AssertionError("no such line: " + out() + err());
            }
            process.waitFor(20, TimeUnit.MILLISECONDS);
        }
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public long pid() {
        return process.pid();
    }

    /**
     * Asks it to end, with SIGTERM. What a Ctrl-C sends is handled alike, but is ignored by whatever a test run in the background starts.
     */
    public void terminate() {
        process.destroy();
    }

    /** Ends it as kill -9 does, and returns when it has ended. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    /** The exit status, once it has ended. */
    public int status() throws InterruptedException {
        if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("still running: " + out() + err());
        }
        return process.exitValue();
    }

    public String out() {
        return read(out);
    }

    /** What the program wrote to stderr, without what the JVM did. */
    public String err() {
        return read(err).lines().filter(line -> !line.startsWith(JVM_WARNING)).map(line -> line + "\n").reduce("",
                String::concat);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        kill();
        Files.deleteIfExists(out);
        Files.deleteIfExists(err);
    }
}
