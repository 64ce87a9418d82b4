package io.millrace.compose.chaos;

import io.millrace.compose.program.Program;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** How processes are started from this build: small, as there are many of them on few cores. */
final class Commands {
    private static final String SMALL_HEAP = "-Xmx160m";
    private static final String BROKER_HEAP = "-Xmx512m";

    /** Whoever computes nothing need not be compiled well, and takes less from those who do. */
    private static final String QUICK_START = "-XX:TieredStopAtLevel=1";

    private Commands() {}

    /** The program as its users start it. */
    static List<String> millrace(List<String> arguments) {
        var command = new ArrayList<>(List.of(Program.root().resolve("millrace").toString()));
        command.addAll(arguments);
        return command;
    }

    /** For a worker that {@link #millrace} starts. */
    static Map<String, String> workerEnvironment() {
        return environment(SMALL_HEAP);
    }

    /** For a gateway that {@link #millrace} starts. */
    static Map<String, String> gatewayEnvironment() {
        return environment(SMALL_HEAP + " " + QUICK_START);
    }

    private static Map<String, String> environment(String flags) {
        return Map.of("MILLRACE_JAVA_HOME", System.getProperty("java.home"), "MILLRACE_JAVA_OPTS", flags);
    }

    /** A class of this build, as a worker is started. */
    static List<String> worker(Class<?> main, List<String> arguments) {
        return java(main, arguments, SMALL_HEAP);
    }

    static List<String> broker(List<String> arguments) {
        return java(LoneBroker.class, arguments, BROKER_HEAP, QUICK_START);
    }

    private static List<String> java(Class<?> main, List<String> arguments, String... flags) {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@"
                + Program.root().resolve("compose/src/main/launcher/jvm.options")));
        command.addAll(List.of(flags));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return command;
    }
}
