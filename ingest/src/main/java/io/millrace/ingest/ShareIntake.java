package io.millrace.ingest;

import io.millrace.inference.GenerationRequest;
import io.millrace.schemas.WorkerName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.clients.consumer.ShareConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Takes prompts from a share group (KIP-932), one by one: {@code maxInFlight} lanes, each a member of the group with one prompt at a time. Whoever has a
 * free lane gets the next prompt of any partition, so there may be more workers than partitions.
 *
 * <p>A completion and the acknowledgement of its prompt are not one transaction: completions are at-least-once.
 */
final class ShareIntake implements PromptIntake {
    /** One prompt is taken at a time, but comes with the batch that its producer made of it and others. */
    private static final int FETCH_BYTES = 256 << 10;

    private final IngestOptions options;
    private final String model;
    private final Admission admission;
    private final AtomicReference<RuntimeException> failure = new AtomicReference<>();
    private volatile boolean draining;
    private volatile boolean abandoned;
    private volatile long drainDeadlineNanos;

    ShareIntake(IngestOptions options, String model, Admission admission) {
        this.options = options;
        this.model = model;
        this.admission = admission;
    }

    @Override
    public void run() {
        new ShareGroup(options).prepare(this::isDraining);
        List<Thread> lanes = IntStream.range(0, options.maxInFlight())
                .mapToObj(number -> Thread.ofVirtual().name("intake-" + number).start(this::runLane)).toList();
        try {
            for (Thread lane : lanes) {
                lane.join();
            }
        } catch (InterruptedException e) {
            abandon();
            Thread.currentThread().interrupt();
        }
        if (failure.get() != null) {
            throw failure.get();
        }
    }

    private void runLane() {
        try {
            new ShareLane(consumer(), options.topics().prompts(), this).run();
        } catch (RuntimeException e) {
            failure.compareAndSet(null, e);
            abandon();
        }
    }

    /** None: the broker holds them. */
    @Override
    public int waiting() {
        return 0;
    }

    @Override
    public void drain() {
        if (!draining) {
            drainDeadlineNanos = System.nanoTime() + options.drainTimeout().toNanos();
            draining = true;
        }
    }

    @Override
    public void abandon() {
        abandoned = true;
        drain();
    }

    boolean isDraining() {
        return draining;
    }

    boolean isAbandoned() {
        return abandoned;
    }

    /** Whether what runs must stop. */
    boolean isTimeUp() {
        return abandoned || draining && System.nanoTime() - drainDeadlineNanos >= 0;
    }

    void admit(ConsumerRecord<byte[], byte[]> record, AcquiredPrompt acquired) {
        // the broker has decided who is next
        admission.admit(new ReceivedPrompt(record, acquired, null, GenerationRequest.DEFAULT_PRIORITY));
    }

    private ShareConsumer<byte[], byte[]> consumer() {
        Map<String, Object> settings = new HashMap<>(options.clientSettings());
        settings.put(ConsumerConfig.CLIENT_ID_CONFIG, WorkerName.of(Optional.empty(), model));
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, options.group());
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        settings.put(ConsumerConfig.SHARE_ACKNOWLEDGEMENT_MODE_CONFIG, "explicit");
        settings.put(ConsumerConfig.SHARE_ACQUIRE_MODE_CONFIG, "record_limit");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1);
        settings.put(ConsumerConfig.FETCH_MAX_BYTES_CONFIG, FETCH_BYTES);
        return new KafkaShareConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
