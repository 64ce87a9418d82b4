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

    private Commands() {}

    /** The program as its users start it. */
    static List<String> millrace(List<String> arguments) {
        var command = new ArrayList<>(List.of(Program.root().resolve("millrace").toString()));
        command.addAll(arguments);
        return command;
    }

    /** For what {@link #millrace} starts. */
    static Map<String, String> environment() {
        return Map.of("MILLRACE_JAVA_HOME", System.getProperty("java.home"), "MILLRACE_JAVA_OPTS", SMALL_HEAP);
    }

    /** A class of this build, as a worker is started. */
    static List<String> worker(Class<?> main, List<String> arguments) {
        return java(SMALL_HEAP, main, arguments);
    }

    static List<String> broker(List<String> arguments) {
        return java(BROKER_HEAP, LoneBroker.class, arguments);
    }

    private static List<String> java(String heap, Class<?> main, List<String> arguments) {
        var command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "@"
                + Program.root().resolve("compose/src/main/launcher/jvm.options"), heap, "-cp",
                System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        return command;
    }
}
