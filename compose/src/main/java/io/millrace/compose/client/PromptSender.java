package io.millrace.compose.client;

import io.millrace.compose.UserException;
import io.millrace.schemas.Control;
import io.millrace.schemas.ControlCodec;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.PromptCodec;
import io.millrace.schemas.PromptHeaders;
import io.millrace.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Writes prompts and control records. Safe for any thread. */
public final class PromptSender implements AutoCloseable {
    private static final int MAX_REQUEST_BYTES = 16 << 20;
    private static final int TIMEOUT_MILLIS = 5_000;

    private static final Duration CLOSE_TIMEOUT = Duration.ofMillis(TIMEOUT_MILLIS);

    private final BrokerAddress address;
    private final Topics topics;
    private final KafkaProducer<String, byte[]> producer;
    private final PromptCodec prompts = new PromptCodec();
    private final ControlCodec control = new ControlCodec();

    /**
     * Connects.
     *
     * @throws UserException if the broker cannot be reached
     */
    public PromptSender(BrokerAddress address, Topics topics) {
        address.requireReachable();
        this.address = address;
        this.topics = topics;
        Map<String, Object> settings = address.clientSettings(
                Map.of(ProducerConfig.MAX_BLOCK_MS_CONFIG, TIMEOUT_MILLIS, ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        TIMEOUT_MILLIS, ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 2 * TIMEOUT_MILLIS,
                        ProducerConfig.LINGER_MS_CONFIG, 0, ProducerConfig.MAX_REQUEST_SIZE_CONFIG, MAX_REQUEST_BYTES));
        this.producer = new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    }

    /** Sends a prompt under its id; the future completes when the topic has it, or fails with a {@link UserException}. */
    public CompletableFuture<Void> send(Prompt prompt) {
        return send(prompt, null);
    }

    /**
     * As {@link #send(Prompt)}.
     *
     * @param traceParent the trace that it belongs to; null if to none
     */
    public CompletableFuture<Void> send(Prompt prompt, String traceParent) {
        var headers = new RecordHeaders();
        if (traceParent != null) {
            headers.add(PromptHeaders.TRACE_PARENT, traceParent.getBytes(StandardCharsets.UTF_8));
        }
        return write(new ProducerRecord<>(topics.prompts(), null, prompt.id(), prompts.encode(prompt), headers));
    }

    /** Asks for a generation to end. */
    public CompletableFuture<Void> cancel(String id) {
        return write(new ProducerRecord<>(topics.control(), id, control.encode(new Control.Cancel(id))));
    }

    /**
     * Asks for generations to end, as far as that can be done in a while: in a process that is asked to end, it is all the time there is. A broker that is
     * away would have each record wait.
     */
    public void cancelWithin(Duration longest, Collection<String> ids) {
        var cancelled = new CompletableFuture<Void>();
        Thread.ofPlatform().daemon().name("cancel").start(() -> {
            var sent = new ArrayList<CompletableFuture<Void>>();
            for (var id : ids) {
                var last = cancel(id);
                if (last.isCompletedExceptionally()) {
                    break;
                }
                sent.add(last);
            }
            var _ = CompletableFuture.allOf(sent.toArray(CompletableFuture[]::new))
                    .whenComplete((_, _) -> cancelled.complete(
                            null));
        });
        cancelled.completeOnTimeout(null, longest.toMillis(), TimeUnit.MILLISECONDS).join();
    }

    private CompletableFuture<Void> write(ProducerRecord<String, byte[]> record) {
        var done = new CompletableFuture<Void>();
        try {
            var _ = producer.send(record, (_, failure) -> {
                if (failure == null) {
                    done.complete(null);
                } else {
                    done.completeExceptionally(refused(record.topic(), failure));
                }
            });
        } catch (KafkaException e) {
            done.completeExceptionally(refused(record.topic(), e));
        }
        return done;
    }

    private UserException refused(String topic, Exception failure) {
        return new UserException(
                "the broker at " + address.bootstrapServers() + " did not take a record for " + topic + ": "
                        + failure.getMessage(),
                failure);
    }

    /**
     * Waits for what a method of this class promised.
     *
     * @throws UserException if it failed
     */
    public static void await(CompletableFuture<Void> sent) {
        try {
            sent.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof UserException known ? known : e;
        }
    }

    @Override
    public void close() {
        producer.close(CLOSE_TIMEOUT);
    }
}
