package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.admin.AdminClientConfig;

/** Reads how Kafka's clients get in from a properties file, as Kafka's own tools do. */
final class KafkaSecurity {
    private static final List<String> PREFIXES = List.of("security.", "sasl.", "ssl.");

    private KafkaSecurity() {}

    /**
     * What the file says.
     *
     * @throws UserException if it cannot be read, or names what Kafka does not know or Millrace decides
     */
    static Map<String, String> read(Path file) {
        var properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new UserException("--kafka-config " + file + " cannot be read: " + e, e);
        }
        var settings = new HashMap<String, String>();
        Set<String> known = AdminClientConfig.configNames();
        for (String name : properties.stringPropertyNames()) {
            if (PREFIXES.stream().noneMatch(name::startsWith)) {
                throw new UserException("--kafka-config " + file + ": " + name
                        + " is not for this file, which has settings that begin with security., sasl. or ssl.");
            }
            if (!known.contains(name)) {
                throw new UserException("--kafka-config " + file + ": Kafka's clients know no setting " + name);
            }
            // what stands there may be a password: never in a message
            settings.put(name, properties.getProperty(name));
        }
        return settings;
    }
}
