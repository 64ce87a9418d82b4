package io.millrace.compose.chaos;

import io.millrace.ingest.IngestOptions;
import io.millrace.schemas.Completion;
import io.millrace.schemas.CompletionCodec;
import io.millrace.schemas.DeadLetterHeaders;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.TokenEventCodec;
import io.millrace.schemas.TokenHeaders;
import io.millrace.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads topics from their beginning to their end as of now, and how far workers have come. */
final class TopicRecords {
    private static final Duration POLL = Duration.ofMillis(200);

    private final Map<String, Object> clientSettings;
    private final Topics topics;

    TopicRecords(Map<String, Object> clientSettings, Topics topics) {
        this.clientSettings = Map.copyOf(clientSettings);
        this.topics = topics;
    }

    /** As readers of committed data see them. */
    List<Completion> completions() {
        var codec = new CompletionCodec();
        var completions = new ArrayList<Completion>();
        read(topics.completions(), record -> completions.add(codec.decode(record.value())));
        return completions;
    }

    /** The prompts' records that dead letters come of. */
    List<String> deadLetters() {
        var origins = new ArrayList<String>();
        read(topics.deadLetters(), record -> origins.add(text(record.headers(), DeadLetterHeaders.PARTITION) + "-"
                + text(record.headers(), DeadLetterHeaders.OFFSET)));
        return origins;
    }

    /** By id, in the topic's order. */
    Map<String, List<StreamRecord>> streams() {
        var codec = new TokenEventCodec();
        var streams = new LinkedHashMap<String, List<StreamRecord>>();
        read(topics.tokens(), record -> {
            TokenEvent event = codec.decode(record.value());
            streams.computeIfAbsent(event.id(), _ -> new ArrayList<>())
                    .add(new StreamRecord(event, text(record.headers(), TokenHeaders.PROMPT), record.timestamp()));
        });
        return streams;
    }

    /** By partition of prompts. */
    Map<Integer, Progress> progress() throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed;
        try (var admin = Admin.create(clientSettings)) {
            committed = admin.listConsumerGroupOffsets(IngestOptions.DEFAULT_GROUP).partitionsToOffsetAndMetadata()
                    .get();
        }
        try (var consumer = consumer()) {
            var progress = new HashMap<Integer, Progress>();
            consumer.endOffsets(partitions(consumer, topics.prompts())).forEach((partition, end) -> {
                OffsetAndMetadata found = committed.get(partition);
                progress.put(partition.partition(), found == null
                        ? new Progress(0, "", end)
                        : new Progress(found.offset(), found.metadata(), end));
            });
            return progress;
        }
    }

    /** A consumer of committed data. */
    KafkaConsumer<byte[], byte[]> consumer() {
        var settings = new HashMap<>(clientSettings);
        settings.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }

    static List<TopicPartition> partitions(KafkaConsumer<byte[], byte[]> consumer, String topic) {
        return consumer.partitionsFor(topic).stream().map(info -> new TopicPartition(topic, info.partition())).toList();
    }

    private void read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> onRecord) {
        try (var consumer = consumer()) {
            var partitions = partitions(consumer, topic);
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(POLL).forEach(onRecord);
            }
        }
    }

    private static String text(Headers headers, String name) {
        var header = headers.lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }
}
