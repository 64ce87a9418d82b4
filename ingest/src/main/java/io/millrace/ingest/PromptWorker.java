package io.millrace.ingest;

import io.millrace.schemas.PromptCodec;
import io.millrace.schemas.WorkerName;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Takes prompts from the topic, runs them, and sees to it that each has exactly one completion; at least one in {@link IntakeMode#SHARE}.
 *
 * <p>Three virtual threads: one polls prompts (or starts those that do), one reads cancels, one commits; the work of each prompt's stream is done on
 * further ones. Started once and closed once; any thread may do so, and {@link #close} blocks.
 */
public final class PromptWorker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PromptWorker.class);

    /** A few hundred prompts of the usual size; by default a partition's fetch has 1 MiB, and all together 50. */
    private static final int PARTITION_FETCH_BYTES = 256 << 10;

    private final PromptIntake intake;
    private final ControlListener control;
    private final Thread intakeThread;
    private final Thread controlThread;
    private final Thread commitThread;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** A worker that runs prompts with {@code runner}; {@code writer} and {@code history} stay the caller's to close, after the worker. */
    public PromptWorker(IngestOptions options, PromptRunner runner, ResultWriter writer, StreamHistory history) {
        this(options, runner, writer, history, PromptObserver.NONE);
    }

    /** As {@link #PromptWorker(IngestOptions, PromptRunner, ResultWriter, StreamHistory)}, with somebody who learns what becomes of the prompts. */
    public PromptWorker(IngestOptions options, PromptRunner runner, ResultWriter writer, StreamHistory history,
            PromptObserver observer) {
        Scheduler blocking = Schedulers.fromExecutor(task -> Thread.ofVirtual().name("prompt").start(task));
        var commits = new CommitLoop(writer, observer);
        var outcomes = new Outcomes(writer, commits, options.topics(), runner.model(), observer);
        var takeover = new Takeover(history, writer, runner.model(), options.maxAttempts());
        var admission = new Admission(new PromptCodec(options.maxPromptBytes()), runner, takeover, writer, outcomes,
                observer, blocking, this::fail);
        intake = switch (options.intake()) {
            case GROUP -> groupIntake(options, runner.model(), admission, commits);
            case SHARE -> new ShareIntake(options, runner.model(), admission);
        };
        control = new ControlListener(consumer(options, "control", Map.of()), options.topics().control(), admission);
        commitThread = thread("commit", commits);
        controlThread = thread("control", control);
        intakeThread = thread("intake", intake);
    }

    /** Begins to take prompts. */
    public void start() {
        commitThread.start();
        controlThread.start();
        intakeThread.start();
        Thread.ofVirtual().name("worker-end").start(this::finish);
    }

    /** Completes when the worker has ended; exceptionally if it could not go on, which its process should not outlive. */
    public CompletableFuture<Void> ended() {
        return ended.copy();
    }

    /** How many prompts were read from the topic and are not admitted; safe for any thread. */
    public int waiting() {
        return intake.waiting();
    }

    /**
     * Takes no more prompts, waits for those in hand as the options say, commits what is finished, and leaves the group. What is
     * not finished is for other workers. Returns when all that is done; a failure is reported by {@link #ended} alone.
     */
    @Override
    public void close() {
        intake.drain();
        if (intakeThread.getState() != Thread.State.NEW) {
            ended.handle((_, _) -> null).join();
        }
    }

    private void finish() {
        try {
            intakeThread.join();
            control.close();
            commitThread.interrupt();
            controlThread.join();
            commitThread.join();
        } catch (InterruptedException e) {
            fail(e);
        }
        if (failure.get() == null) {
            ended.complete(null);
        } else {
            ended.completeExceptionally(failure.get());
        }
    }

    /** Nothing is lost: what is not committed is done again by the next worker. */
    private void fail(Throwable cause) {
        if (failure.compareAndSet(null, cause)) {
            // one is for whoever started it, and says all
            if (!(cause instanceof WorkerIdTakenException)) {
                LOG.error("the worker cannot go on", cause);
            }
            intake.abandon();
        }
    }

    private Thread thread(String name, Runnable body) {
        return Thread.ofVirtual().name(name).unstarted(() -> {
            try {
                body.run();
            } catch (RuntimeException e) {
                fail(e);
            }
        });
    }

    private static PromptIntake groupIntake(IngestOptions options, String model, Admission admission,
            CommitLoop commits) {
        Map<String, Object> settings = promptSettings(options, model);
        if (options.workerId().isEmpty()) {
            return new Intake(consumer(options, "prompts", settings), options, admission, commits);
        }
        String id = options.workerId().get();
        var named = new HashMap<>(settings);
        named.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, id);
        return new NamedIntake(id, new WorkerPlace(options, id), () -> new Intake(consumer(options, "prompts",
                named), options, admission, commits));
    }

    private static Map<String, Object> promptSettings(IngestOptions options, String model) {
        return Map.of(ConsumerConfig.CLIENT_ID_CONFIG, WorkerName.of(options.workerId(), model),
                ConsumerConfig.GROUP_ID_CONFIG,
                options.group(), ConsumerConfig.GROUP_PROTOCOL_CONFIG,
                GroupProtocol.CONSUMER.name().toLowerCase(Locale.ROOT), ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                // completed means committed: also when another worker's transaction is still open
                ConsumerConfig.ISOLATION_LEVEL_CONFIG, IsolationLevel.READ_COMMITTED.toString(),
                ConsumerConfig.MAX_POLL_RECORDS_CONFIG, 1,
                // what is fetched waits in memory for its turn, so there must not be much of it; a larger prompt comes all the same
                ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, PARTITION_FETCH_BYTES,
                ConsumerConfig.FETCH_MAX_BYTES_CONFIG, 16 * PARTITION_FETCH_BYTES);
    }

    private static Consumer<byte[], byte[]> consumer(IngestOptions options, String purpose,
            Map<String, Object> more) {
        var settings = new HashMap<>(options.clientSettings(purpose));
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
        // a prompt is taken when it is there, not when more have gathered
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 100);
        settings.putAll(more);
        return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    }
}
