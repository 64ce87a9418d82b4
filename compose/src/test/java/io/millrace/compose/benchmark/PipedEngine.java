package io.millrace.compose.benchmark;

import io.millrace.compose.broker.EmbeddedBroker;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.role.Parts;
import io.millrace.compose.role.TopicSetup;
import io.millrace.compose.role.Verticles;
import io.millrace.compose.role.Worker;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.LanguageModel;
import io.millrace.ingest.IngestOptions;
import io.millrace.schemas.CompletionCodec;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.PromptCodec;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.TokenEventCodec;
import io.millrace.schemas.Topics;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** The engine behind the topics: a broker, a worker, somebody who sends prompts and reads what comes of them. */
final class PipedEngine implements Side {
    private static final Topics TOPICS = Topics.DEFAULT;
    private static final int PARTITIONS = 6;
    private static final Duration POLL = Duration.ofSeconds(1);

    private final PromptCodec prompts = new PromptCodec();
    private final CompletionCodec completions = new CompletionCodec();
    private final TokenEventCodec events = new TokenEventCodec();
    private final KafkaProducer<byte[], byte[]> producer;
    private final KafkaConsumer<byte[], byte[]> completed;
    private final KafkaConsumer<byte[], byte[]> streamed;

    private PipedEngine(Parts parts, String servers) {
        Map<String, Object> client = Map.of("bootstrap.servers", servers, "linger.ms", 0);
        producer = parts.add("the producer", new KafkaProducer<>(client, new ByteArraySerializer(),
                new ByteArraySerializer()));
        completed = parts.add("the reader of completions", reader(servers, TOPICS.completions()));
        streamed = parts.add("the reader of tokens", reader(servers, TOPICS.tokens()));
    }

    static PipedEngine start(Parts parts, LanguageModel model, EngineOptions options) {
        var data = parts.add("the broker's files", folder(), PipedEngine::delete);
        var broker = parts.add("the broker", new EmbeddedBroker(data, 0));
        broker.start();
        var address = BrokerAddress.parse(broker.bootstrapServers());
        TopicSetup.ensure(address, TOPICS, PARTITIONS);
        var ingest = IngestOptions.of(Map.of("bootstrap.servers", address.bootstrapServers()), TOPICS)
                .withMaxInFlight(4 * options.maxSequences());
        Worker.start(parts, Verticles.start(parts), ingest, model, options);
        return new PipedEngine(parts, address.bootstrapServers());
    }

    private static Path folder() {
        try {
            return Files.createTempDirectory("millrace-benchmark");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static KafkaConsumer<byte[], byte[]> reader(String servers, String topic) {
        var reader = new KafkaConsumer<>(Map.of("bootstrap.servers", servers, "isolation.level", "read_committed",
                "enable.auto.commit", false), new ByteArrayDeserializer(), new ByteArrayDeserializer());
        var partitions = reader.partitionsFor(topic).stream().map(info -> new TopicPartition(topic, info.partition()))
                .toList();
        reader.assign(partitions);
        reader.seekToEnd(partitions);
        partitions.forEach(reader::position);
        return reader;
    }

    @Override
    public String name() {
        return "pipeline";
    }

    private void send(Prompt prompt) {
        var _ = producer.send(new ProducerRecord<>(TOPICS.prompts(), prompt.id().getBytes(StandardCharsets.UTF_8),
                prompts.encode(prompt)));
    }

    @Override
    public Run run(List<Prompt> prompts) {
        var begun = System.nanoTime();
        prompts.forEach(this::send);
        long tokens = 0;
        for (int ended = 0; ended < prompts.size();) {
            for (var record : completed.poll(POLL)) {
                tokens += completions.decode(record.value()).usage().completionTokens();
                ended++;
            }
        }
        return new Run(tokens, Duration.ofNanos(System.nanoTime() - begun));
    }

    @Override
    public Duration toFirstToken(Prompt prompt) {
        var begun = System.nanoTime();
        send(prompt);
        long first = 0;
        for (boolean ended = false; !ended;) {
            for (var record : streamed.poll(POLL)) {
                long now = System.nanoTime();
                TokenEvent event = events.decode(record.value());
                if (event.id().equals(prompt.id())) {
                    first = first == 0 && event instanceof TokenEvent.Token ? now : first;
                    ended |= event.isLast();
                }
            }
        }
        return Duration.ofNanos(first - begun);
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
