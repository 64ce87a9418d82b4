package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A worker's memory does not grow with the backlog. */
@Tag("long")
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class IntakeMemoryIT {
    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

    /** With what follows it a prompt has a kilobyte. */
    private static final String PROMPT = "{\"max_tokens\": 64, \"prompt\": \"A kilobyte: " + "x".repeat(1_000) + "\"}";
    /**
     * What may differ: half a mebibyte of prompts that are looked at ahead; for each of four partitions 256 KiB that were fetched and as many on their way; as
     * much again for the consumer's objects around them: 1.3 to 3.2 MB were seen. The backlog has 100 MB.
     */
    private static final long TOLERANCE = 8L << 20;
    /** Such a prompt has a thousand tokens of the built-in model. */
    private static final String CONTEXT = "2048";
    private static final int MEASUREMENTS = 5;
    private static final int COMPLETED_BEFORE = 20;

    @Test
    void aBacklogOfAHundredThousandPromptsTakesNoMoreThanOneOfAHundred() throws Exception {
        long few = heapWithBacklog(100);
        long many = heapWithBacklog(100_000);
        assertThat(many - few).as("%d bytes of heap with 100 prompts, %d with 100,000", few, many)
                .isLessThan(TOLERANCE);
    }

    /** Of a worker in a process of its own, while it works. */
    private static long heapWithBacklog(int prompts) throws Exception {
        try (var pipeline = new Pipeline(CLUSTER)) {
            send(pipeline, prompts);
            try (var worker = pipeline.start("worker", "--ctx-size", CONTEXT);
                    var memory = ServiceMemory.of(worker.pid())) {
                // what the worker has thrown away since the collection counts as well: the least is nearest to what it keeps
                long least = Long.MAX_VALUE;
                for (int i = 0; i < MEASUREMENTS; i++) {
                    assertThat(pipeline.completions.await(COMPLETED_BEFORE + i))
                            .allMatch(completion -> completion.error() == null);
                    least = Math.min(least, memory.use().heap());
                }
                return least;
            }
        }
    }

    /** With a producer that is closed before anything is measured: it keeps its buffers, 32 MiB. */
    private static void send(Pipeline pipeline, int prompts) throws Exception {
        byte[] value = PROMPT.getBytes(StandardCharsets.UTF_8);
        try (var producer = new KafkaProducer<>(pipeline.clientSettings, new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (int i = 0; i < prompts; i++) {
                var sent = producer.send(
                        new ProducerRecord<>(pipeline.topics.prompts(), i % Cluster.PARTITIONS, null, value));
                if (i < Cluster.PARTITIONS) {
                    // a new partition may refuse the first batch and take those behind it, which then are in the way of the first
                    var _ = sent.get();
                }
            }
        }
    }
}
