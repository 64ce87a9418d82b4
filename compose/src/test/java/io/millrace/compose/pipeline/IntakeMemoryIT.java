package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
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
    private static final String PROMPT = "nothing ever " + "x".repeat(1_000);
    private static final int IN_FLIGHT = 16;
    /**
     * What may differ: half a mebibyte of prompts that are looked at ahead; for each of four partitions 256 KiB that were fetched and as many on their way; as
     * much again for the consumer's objects around them, and for what the broker in this JVM keeps of a longer topic: 2 to 4.4 MB were seen. The backlog has 100 MB.
     */
    private static final long TOLERANCE = 8L << 20;
    private static final int MEASUREMENTS = 5;

    @Test
    void aBacklogOfAHundredThousandPromptsTakesNoMoreThanOneOfAHundred() throws Exception {
        long few = heapWithBacklog(100);
        long many = heapWithBacklog(100_000);
        assertThat(many - few).as("%d bytes of heap with 100 prompts, %d with 100,000", few, many)
                .isLessThan(TOLERANCE);
    }

    /** In a JVM that also has the broker, which keeps prompts on disk. */
    private static long heapWithBacklog(int prompts) throws Exception {
        var runner = new ScriptedRunner();
        try (var pipeline = new Pipeline(CLUSTER)) {
            send(pipeline, prompts);
            try (var _ = Worker.start(pipeline, runner, options -> options.withMaxInFlight(IN_FLIGHT))) {
                while (runner.running.get() < IN_FLIGHT) {
                    Thread.onSpinWait();
                }
                // the worker goes on reading ahead for a moment
                return LongStream.generate(IntakeMemoryIT::usedHeap).limit(MEASUREMENTS).max().orElseThrow();
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

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
