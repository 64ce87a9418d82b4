package io.millrace.compose.pipeline;

import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.client.PromptSender;
import io.millrace.compose.program.Program;
import io.millrace.schemas.Completion;
import io.millrace.schemas.CompletionCodec;
import io.millrace.schemas.Control;
import io.millrace.schemas.ControlCodec;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.PromptCodec;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.TokenEventCodec;
import io.millrace.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A test's topics, with a client that writes prompts and readers of what comes of them. */
public final class Pipeline implements AutoCloseable {
    final Map<String, Object> clientSettings;
    public final Topics topics;
    final TopicProbe<Completion> completions;
    final TopicProbe<TokenEvent> tokens;
    final TopicProbe<ConsumerRecord<byte[], byte[]>> deadLetters;
    final TopicProbe<Prompt> prompts;
    final TopicProbe<Control> cancels;
    final PromptSender sender;
    private final KafkaProducer<byte[], byte[]> producer;

    /** On topics of its own. */
    public Pipeline(Cluster cluster) {
        this(cluster.address(), cluster.newTopics());
    }

    Pipeline(BrokerAddress address, Topics topics) {
        this.topics = topics;
        clientSettings = Map.of("bootstrap.servers", address.bootstrapServers());
        completions = new TopicProbe<>(clientSettings, topics.completions(),
                record -> new CompletionCodec().decode(record.value()));
        tokens = new TopicProbe<>(clientSettings, topics.tokens(),
                record -> new TokenEventCodec().decode(record.value()));
        deadLetters = new TopicProbe<>(clientSettings, topics.deadLetters(), record -> record);
        prompts = new TopicProbe<>(clientSettings, topics.prompts(),
                record -> new PromptCodec().decode(record.value()));
        cancels = new TopicProbe<>(clientSettings, topics.control(),
                record -> new ControlCodec().decode(record.value()));
        sender = new PromptSender(address, topics);
        producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", address.bootstrapServers(), "max.request.size", 16 << 20),
                new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** A worker or a gateway of these topics, in a process of its own. */
    Program start(String role, String... flags) {
        return Program.start(arguments(role, flags).toArray(String[]::new));
    }

    /** As {@link #start}, in less memory than usual, for tests with several. */
    Program startSmall(String role, String... flags) {
        return Program.start("-Xmx192m", arguments(role, flags));
    }

    private List<String> arguments(String role, String... flags) {
        return Stream.concat(Stream.of(role, "--bootstrap-servers", (String) clientSettings.get("bootstrap.servers"),
                "--topic-prefix", topics.prefix()), Stream.of(flags)).toList();
    }

    public void send(String id, String prompt) {
        sender.send(Prompt.ofText(prompt).withId(id)).join();
    }

    /** The first prompt, once it is there. */
    Prompt prompt() {
        return prompts.await(1).getFirst();
    }

    /** The prompt of this id, once it is there. */
    public Prompt prompt(String id) {
        return prompts.awaitFirst(prompt -> prompt.id().equals(id));
    }

    /** The completion of a prompt, once it is there. */
    public Completion completion(String id) {
        return TopicProbe.completion(completions, id);
    }

    /** The events of a stream, once it has ended. */
    List<TokenEvent> stream(String id) {
        return TopicProbe.stream(tokens, id);
    }

    void awaitTokens(String id, int count) {
        TopicProbe.awaitTokens(tokens, id, count);
    }

    void cancel(String id) {
        sender.cancel(id).join();
    }

    /** Writes any bytes as a prompt. */
    void sendRaw(byte[] key, byte[] value) throws Exception {
        var _ = producer.send(new ProducerRecord<>(topics.prompts(), key, value)).get();
    }

    void sendRaw(String key, String value) throws Exception {
        sendRaw(key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
    }

    /** Writes any bytes to a partition of prompts. */
    void sendRaw(int partition, String key, String value) throws Exception {
        var _ = producer.send(new ProducerRecord<>(topics.prompts(), partition, key == null
                ? null
                : key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8))).get();
    }

    @Override
    public void close() {
        completions.close();
        tokens.close();
        deadLetters.close();
        prompts.close();
        cancels.close();
        sender.close();
        producer.close();
    }
}
