package io.millrace.compose.role;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.compose.UserException;
import io.millrace.compose.broker.EmbeddedBroker;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.doctor.Finding;
import io.millrace.compose.doctor.KafkaCheck;
import io.millrace.schemas.Topics;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 1, unit = TimeUnit.MINUTES)
class TopicSetupTest {
    @TempDir
    Path data;

    @Test
    void missingTopicsAreMadeAndExistingOnesLeftAlone() throws Exception {
        try (var broker = new EmbeddedBroker(data, 0)) {
            broker.start();
            var address = BrokerAddress.parse(broker.bootstrapServers());
            try (var admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
                var topics = new Topics("mill");
                admin.createTopics(List.of(new NewTopic(topics.completions(), 7, (short) 1))).all().get();
                TopicSetup.ensure(address, topics, 2);
                TopicSetup.ensure(address, topics, 4);
                var found = admin.describeTopics(topics.all()).allTopicNames().get();
                assertThat(found.get(topics.prompts()).partitions()).hasSize(2);
                assertThat(found.get(topics.tokens()).partitions()).hasSize(2);
                assertThat(found.get(topics.completions()).partitions()).hasSize(7);

                var uneven = new Topics("uneven");
                admin.createTopics(List.of(new NewTopic(uneven.tokens(), 7, (short) 1))).all().get();
                assertThatThrownBy(() -> TopicSetup.ensure(address, uneven, 2)).isInstanceOf(UserException.class)
                        .hasMessageContainingAll("uneven.tokens has 7 partitions", "uneven.prompts has 2");
                assertThat(new KafkaCheck(address, true, uneven, 2).findings())
                        .filteredOn(finding -> finding.level() == Finding.Level.PROBLEM).singleElement()
                        .extracting(Finding::remedy).asString().contains("--topic uneven.prompts --partitions 7");
                assertThat(new KafkaCheck(address, true, topics, 2).findings()).extracting(Finding::level)
                        .containsOnly(Finding.Level.OK);
                assertThat(new KafkaCheck(address, true, new Topics("none"), 2).findings()).last()
                        .extracting(Finding::found).asString().contains("none.prompts", "with 2 partitions");
            }
        }
    }
}
