package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.compose.UserException;
import io.millrace.compose.broker.SecuredBroker;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.role.Gateway;
import io.millrace.compose.role.Parts;
import io.millrace.compose.role.TopicSetup;
import io.millrace.compose.role.Verticles;
import io.millrace.compose.role.Worker;
import io.millrace.compose.tls.TestCertificate;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.LanguageModel;
import io.millrace.ingest.IngestOptions;
import io.millrace.schemas.Topics;
import io.millrace.sink.GatewayOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Brokers that do not let everybody in. */
@Tag("long")
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class KafkaSecurityIT {
    @TempDir
    Path folder;

    @Test
    void everyClientOfThePipelineGetsInWithTheSettingsThatAreGiven() throws Exception {
        var certificate = TestCertificate.in(folder, "broker");
        Path certificateFile = folder.resolve("broker.pem");
        certificate.write(certificateFile, folder.resolve("broker-key.pem"));
        try (var broker = new SecuredBroker(folder, certificate);
                var parts = new Parts();
                var client = HttpClient.newHttpClient()) {
            BrokerAddress plain = BrokerAddress.parse(broker.bootstrapServers());
            assertThatThrownBy(() -> TopicSetup.ensure(plain.withSecurity(SecuredBroker.clientSettings(certificateFile,
                    "mill", "guessed")), Topics.DEFAULT, 2)).isInstanceOf(UserException.class)
                    .hasMessageContaining("Authentication failed").hasMessageNotContaining("guessed");

            BrokerAddress address = plain.withSecurity(SecuredBroker.clientSettings(certificateFile, "mill", "mills"));
            TopicSetup.ensure(address, Topics.DEFAULT, 2);
            Verticles verticles = Verticles.start(parts);
            LanguageModel demo = parts.add("the model", LanguageModel.demo());
            Worker.start(parts, verticles, IngestOptions.of(address.clientSettings(), Topics.DEFAULT), demo,
                    EngineOptions.defaults(demo));
            Gateway gateway = Gateway.start(parts, verticles, address, Topics.DEFAULT, GatewayOptions.DEFAULT);
            var answer = client.send(HttpRequest.newBuilder(URI.create(gateway.httpUrl() + "/v1/completions"))
                    .POST(BodyPublishers.ofString("{\"prompt\":\"Once upon a time\",\"max_tokens\":4}")).build(),
                    BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        }
    }
}
