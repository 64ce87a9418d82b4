package io.millrace.compose.doctor;

import io.millrace.compose.UserException;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.schemas.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartitionInfo;

/** Whether brokers answer, and whether the topics there fit together. */
public final class KafkaCheck implements Check {
    private static final String SUBJECT = "Kafka";
    private static final int TIMEOUT_MILLIS = 10_000;

    private final BrokerAddress address;
    private final boolean needed;
    private final Topics topics;
    private final int partitions;

    /**
     * Looks at brokers.
     *
     * @param needed false if {@code up} would start its own where none answers
     * @param partitions of topics that would be made
     */
    public KafkaCheck(BrokerAddress address, boolean needed, Topics topics, int partitions) {
        this.address = address;
        this.needed = needed;
        this.topics = topics;
        this.partitions = partitions;
    }

    @Override
    public List<Finding> findings() {
        try {
            address.requireReachable();
        } catch (UserException e) {
            return List.of(needed
                    ? Finding.problem(SUBJECT, "no broker answers at " + address.bootstrapServers(),
                            "start it, or name another with --bootstrap-servers")
                    : Finding.ok(SUBJECT, "no broker answers at " + address.bootstrapServers()
                            + ": 'millrace up' starts its own"));
        }
        try (Admin admin = Admin.create(settings())) {
            return ask(admin);
        } catch (ExecutionException | KafkaException e) {
            Throwable cause = e instanceof ExecutionException ? e.getCause() : e;
            return List.of(Finding.problem(SUBJECT,
                    "the broker at " + address.bootstrapServers() + " accepts connections,"
                            + " but does not answer as it should: " + cause.getMessage(),
                    "see that it is Kafka, that its advertised.listeners can be reached from here, and what"
                            + " --kafka-config says"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking Kafka", e);
        }
    }

    private Map<String, Object> settings() {
        return address.clientSettings(Map.of(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS,
                AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, TIMEOUT_MILLIS / 2));
    }

    private List<Finding> ask(Admin admin) throws ExecutionException, InterruptedException {
        List<Finding> all = new ArrayList<>();
        int brokers = admin.describeCluster().nodes().get().size();
        all.add(Finding.ok(SUBJECT, (brokers == 1 ? "1 broker answers" : brokers + " brokers answer") + " at "
                + address.bootstrapServers()));
        var existing = new TreeSet<>(topics.all());
        existing.retainAll(admin.listTopics().names().get());
        all.addAll(judge(new HashMap<>(admin.describeTopics(existing).allTopicNames().get())));
        return all;
    }

    private List<Finding> judge(Map<String, TopicDescription> found) {
        List<Finding> all = new ArrayList<>();
        var missing = new TreeSet<>(topics.all());
        missing.removeAll(found.keySet());
        if (!missing.isEmpty()) {
            all.add(Finding.ok("topics",
                    String.join(", ", missing) + " will be made by the first worker or gateway, with "
                            + partitions + " partitions"));
        }
        found.values().stream().filter(KafkaCheck::isLeaderless).map(TopicDescription::name).sorted().forEach(
                name -> all.add(Finding.problem("topics", name + " has partitions without a leader",
                        "bring back the brokers that have them: kafka-topics.sh --describe --topic " + name
                                + " says which")));
        TopicDescription prompts = found.get(topics.prompts());
        TopicDescription tokens = found.get(topics.tokens());
        if (prompts != null && tokens != null) {
            all.add(compare(prompts.partitions().size(), tokens.partitions().size()));
        }
        return all;
    }

    private Finding compare(int prompts, int tokens) {
        if (prompts == tokens) {
            return Finding.ok("topics", topics.prompts() + " and " + topics.tokens() + " have " + prompts
                    + " partitions each");
        }
        return Finding.problem("topics", topics.prompts() + " has " + prompts + " partitions and " + topics.tokens()
                + " has " + tokens,
                "give both the same number: kafka-topics.sh --alter --topic "
                        + (prompts < tokens ? topics.prompts() : topics.tokens()) + " --partitions "
                        + Math.max(prompts, tokens) + ", and start gateways again");
    }

    private static boolean isLeaderless(TopicDescription topic) {
        return topic.partitions().stream().map(TopicPartitionInfo::leader).anyMatch(leader -> leader == null
                || leader.isEmpty());
    }
}
