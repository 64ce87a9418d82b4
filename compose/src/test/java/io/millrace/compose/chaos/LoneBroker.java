package io.millrace.compose.chaos;

import io.millrace.compose.broker.EmbeddedBroker;
import java.nio.file.Path;

/** The embedded broker in a process of its own: {@code LoneBroker <folder> <port>}. SIGTERM closes it. */
final class LoneBroker {
    static final String UP = "The broker is up: ";

    private LoneBroker() {}

    public static void main(String[] arguments) {
        var broker = new EmbeddedBroker(Path.of(arguments[0]), Integer.parseInt(arguments[1]));
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            broker.close();
            // by itself the JVM would report the signal
            Runtime.getRuntime().halt(0);
        }));
        broker.start();
        System.out.println(UP + broker.bootstrapServers());
    }
}
