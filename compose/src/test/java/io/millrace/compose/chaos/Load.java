package io.millrace.compose.chaos;

import io.millrace.schemas.Prompt;
import io.millrace.schemas.PromptCodec;
import io.millrace.schemas.SamplingSettings;
import io.millrace.schemas.Topics;
import io.millrace.schemas.Task;
import io.millrace.schemas.ToolUse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Prompts of all kinds: 4 to 300 tokens, short ones more often; greedy, with a seed, or with the id as seed; keyed by id, by one of few keys, or not at all;
 * text, JSON, and now and then one that must be refused. Safe for one thread.
 */
final class Load implements AutoCloseable {
    private static final int SHORTEST_TOKENS = 4;
    private static final int LONGEST_TOKENS = 300;
    private static final int BUSY_KEYS = 5;
    private static final List<String> BEGINNINGS = List.of("Once upon a time", "Tell me a story about a boat.",
            "Write a short story about a little girl named Lily.", "Hello!", "The little dog was",
            "One day, a bird and a fish met at the river, and the bird said");

    private final Random random;
    private final String topic;
    private final KafkaProducer<byte[], byte[]> producer;
    private final PromptCodec codec = new PromptCodec();
    private final List<CompletableFuture<Sent>> sent = new ArrayList<>();

    Load(Map<String, Object> clientSettings, Topics topics, Random random) {
        this.random = random;
        this.topic = topics.prompts();
        var settings = new HashMap<>(clientSettings);
        // the load is not what is tested: it gets through, and once, whatever the broker does
        settings.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
        settings.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, Integer.MAX_VALUE);
        settings.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, Long.MAX_VALUE);
        producer = new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    }

    /** Sends so many, without waiting for the broker to have them; returns their ids. */
    List<String> send(int count) {
        var ids = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            ids.add(sendOne("p" + sent.size()));
        }
        return ids;
    }

    private String sendOne(String id) {
        int kind = random.nextInt(40);
        if (kind == 0) {
            // its id can be read, the rest cannot be meant
            write(id, id.getBytes(StandardCharsets.UTF_8), "{\"id\":\"" + id
                    + "\",\"prompt\":\"Hello!\",\"max_tokens\":-1}", Prompt.ofText("Hello!").withId(id), true);
        } else if (kind == 1) {
            Prompt plain = Prompt.ofText(beginning()).withId(id);
            write(id, id.getBytes(StandardCharsets.UTF_8), plain.prompt(), plain, false);
        } else {
            Prompt prompt = prompt(id);
            write(id, key(id), new String(codec.encode(prompt), StandardCharsets.UTF_8), prompt, false);
        }
        return id;
    }

    private void write(String id, byte[] key, String value, Prompt prompt, boolean isInvalid) {
        var done = new CompletableFuture<Sent>();
        sent.add(done);
        var _ = producer.send(new ProducerRecord<>(topic, key, value.getBytes(StandardCharsets.UTF_8)), (where,
                failure) -> {
            if (failure == null) {
                done.complete(new Sent(prompt, where.partition(), where.offset(), isInvalid));
            } else {
                done.completeExceptionally(new IllegalStateException("prompt " + id + " could not be sent", failure));
            }
        });
    }

    private Prompt prompt(String id) {
        // as likely between 4 and 8 tokens as between 150 and 300
        int tokens = (int) Math.round(SHORTEST_TOKENS * Math.pow((double) LONGEST_TOKENS / SHORTEST_TOKENS, random
                .nextDouble()));
        return new Prompt(id, null, null, new Task.Generate(), beginning(), null, tokens, sampling(), List.of(), null,
                null, null,
                ToolUse.NONE, null, null, null);
    }

    private String beginning() {
        return BEGINNINGS.get(random.nextInt(BEGINNINGS.size()));
    }

    private SamplingSettings sampling() {
        Long seed = random.nextBoolean() ? random.nextLong() : null;
        double temperature = random.nextInt(3) == 0 ? 0 : 0.4 + random.nextDouble();
        return new SamplingSettings(temperature, null, null, null, null, null, null, null, seed);
    }

    private byte[] key(String id) {
        return switch (random.nextInt(3)) {
            case 0 -> id.getBytes(StandardCharsets.UTF_8);
            case 1 -> ("key-" + random.nextInt(BUSY_KEYS)).getBytes(StandardCharsets.UTF_8);
            default -> null;
        };
    }

    /** All that were sent, once the broker has them. */
    List<Sent> sent() {
        return sent.stream().map(CompletableFuture::join).toList();
    }

    @Override
    public void close() {
        // all that count were waited for
        producer.close(Duration.ZERO);
    }
}
