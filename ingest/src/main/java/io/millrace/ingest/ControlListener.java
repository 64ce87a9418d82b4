package io.millrace.ingest;

import io.millrace.schemas.Control;
import io.millrace.schemas.ControlCodec;
import io.millrace.schemas.InvalidPromptException;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads all control records, as every worker does: nobody knows which of them runs a prompt. Begins a little in the past, for
 * prompts that were cancelled while no worker was there. Runs on a thread of its own; only {@link #close} is for others.
 */
final class ControlListener implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlListener.class);
    private static final Duration LOOK_BACK = Duration.ofMinutes(10);
    private static final Duration POLL = Duration.ofMillis(500);

    private final Consumer<byte[], byte[]> consumer;
    private final String topic;
    private final Admission admission;
    private final ControlCodec codec = new ControlCodec();
    private volatile boolean closed;

    ControlListener(Consumer<byte[], byte[]> consumer, String topic, Admission admission) {
        this.consumer = consumer;
        this.topic = topic;
        this.admission = admission;
    }

    /** Makes {@link #run} return soon. */
    void close() {
        closed = true;
        consumer.wakeup();
    }

    @Override
    public void run() {
        try (consumer) {
            seek();
            while (!closed) {
                poll();
            }
        } catch (WakeupException e) {
            if (!closed) {
                throw e;
            }
        }
    }

    private void seek() {
        List<TopicPartition> partitions = consumer.partitionsFor(topic).stream()
                .map(info -> new TopicPartition(topic, info.partition())).toList();
        if (partitions.isEmpty()) {
            throw new IllegalStateException("there is no topic " + topic + ": make it before workers start");
        }
        consumer.assign(partitions);
        consumer.seekToEnd(partitions);
        long since = System.currentTimeMillis() - LOOK_BACK.toMillis();
        consumer.offsetsForTimes(partitions.stream().collect(Collectors.toMap(Function.identity(), _ -> since)))
                .forEach((partition, found) -> {
                    if (found != null) {
                        consumer.seek(partition, found.offset());
                    }
                });
    }

    private void poll() {
        try {
            consumer.poll(POLL).forEach(this::read);
        } catch (RetriableException e) {
            LOG.warn("cancels cannot be read at the moment: {}", e.toString());
        }
    }

    private void read(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return; // a tombstone says nothing
        }
        try {
            switch (codec.decode(record.value())) {
                case Control.Cancel cancel -> admission.cancel(cancel.id(), record.timestamp());
            }
        } catch (InvalidPromptException e) {
            LOG.warn("control record {}-{} at offset {} is passed over: {}", topic, record.partition(),
                    record.offset(), e.getMessage());
        }
    }
}
