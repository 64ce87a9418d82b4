package io.millrace.compose.broker;

import io.millrace.compose.tls.TestCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.utils.Time;

/** The embedded broker, but for who gets in: whoever has a password, by TLS (SASL_SSL with PLAIN). */
public final class SecuredBroker implements AutoCloseable {
    private static final String JAAS = "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"%s\" password=\"%s\"%s;";

    private final BrokerDirectory directory;
    private final KafkaRaftServer server;
    private final int port;

    /** Starts one, with this certificate. */
    public SecuredBroker(Path folder, TestCertificate certificate) throws IOException {
        directory = BrokerDirectory.open(folder.resolve("kafka"));
        port = freePort();
        Properties settings = BrokerSettings.of(directory.path(), port, freePort());
        settings.setProperty("listener.security.protocol.map", "PLAINTEXT:SASL_SSL,CONTROLLER:PLAINTEXT");
        settings.setProperty("sasl.enabled.mechanisms", "PLAIN");
        settings.setProperty("sasl.mechanism.inter.broker.protocol", "PLAIN");
        settings.setProperty("listener.name.plaintext.plain.sasl.jaas.config", JAAS.formatted("broker", "brokers",
                " user_broker=\"brokers\" user_mill=\"mills\""));
        settings.setProperty("ssl.keystore.location", certificate.store().toString());
        settings.setProperty("ssl.keystore.password", TestCertificate.PASSWORD);
        settings.setProperty("ssl.keystore.type", "PKCS12");
        settings.setProperty("ssl.truststore.location", certificate.store().toString());
        settings.setProperty("ssl.truststore.password", TestCertificate.PASSWORD);
        settings.setProperty("ssl.truststore.type", "PKCS12");
        server = new KafkaRaftServer(new KafkaConfig(settings, false), Time.SYSTEM);
        server.startup();
    }

    private static int freePort() throws IOException {
        try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    public String bootstrapServers() {
        return BrokerSettings.HOST + ":" + port;
    }

    /** With what a client of this name gets in, if the password is right: {@code mill} has {@code mills}. */
    public static Map<String, String> clientSettings(Path certificateFile, String name, String password) {
        return Map.of("security.protocol", "SASL_SSL", "sasl.mechanism", "PLAIN", "sasl.jaas.config", JAAS.formatted(
                name, password, ""), "ssl.truststore.type", "PEM", "ssl.truststore.location",
                certificateFile
                        .toString());
    }

    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
        directory.close();
    }
}
