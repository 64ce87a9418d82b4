package io.millrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.schemas.Completion;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.Timings;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.Usage;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;

@Timeout(value = 30, unit = TimeUnit.SECONDS)
// a membership without a broker
@SuppressWarnings("removal")
class CommitLoopTest {
    private static final ConsumerGroupMetadata OLDER = new ConsumerGroupMetadata("older");
    private static final ConsumerGroupMetadata NEWER = new ConsumerGroupMetadata("newer");

    private final BlockingQueue<Commit> commits = new LinkedBlockingQueue<>();
    private final BlockingQueue<Boolean> answers = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> settled = new LinkedBlockingQueue<>();
    private final CommitLoop loop = new CommitLoop(new Recorder(), new Listener());
    private final Thread thread = new Thread(loop);

    private record Commit(List<String> ids, ConsumerGroupMetadata membership) {}

    /** Notes each commit, and says of it what the test says. */
    private final class Recorder implements ResultWriter {
        @Override
        public void publish(TokenEvent event, String origin) {}

        @Override
        public void flush() {}

        @Override
        public boolean commit(List<Completion> completions, List<ProducerRecord<byte[], byte[]>> deadLetters,
                Map<TopicPartition, OffsetAndMetadata> offsets, ConsumerGroupMetadata group) {
            commits.add(new Commit(completions.stream().map(Completion::id).toList(), group));
            try {
                return answers.take();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }

    /** Notes what became of completions. */
    private final class Listener implements PromptObserver {
        @Override
        public void settled(String id, boolean published) {
            settled.add(id + (published ? " is published" : " is not"));
        }
    }

    /** Of which the test says what happens when the loop looks whether it is gone. */
    private static final class WatchedClaim implements Claim {
        private final BlockingQueue<ReceivedPrompt> committed = new LinkedBlockingQueue<>();
        private volatile Runnable whenLookedAt = () -> {};
        private volatile boolean gone;

        @Override
        public Instant since() {
            return Instant.EPOCH;
        }

        @Override
        public boolean isInherited(long offset) {
            return false;
        }

        @Override
        public void running(Disposable prompt) {}

        @Override
        public void ended(Disposable prompt) {}

        @Override
        public boolean finishing() {
            return true;
        }

        @Override
        public void finish(long offset) {}

        @Override
        public boolean isGone() {
            boolean answer = gone;
            whenLookedAt.run();
            return answer;
        }

        @Override
        public void addProgress(Map<TopicPartition, OffsetAndMetadata> offsets) {}

        @Override
        public void committed(ReceivedPrompt prompt) {
            committed.add(prompt);
        }
    }

    @BeforeEach
    void start() {
        loop.membership(OLDER);
        thread.start();
    }

    @AfterEach
    void stop() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }

    private static FinishedPrompt finished(String id, Claim claim) {
        var received = new ReceivedPrompt(new ConsumerRecord<>("prompts", 0, 7, null, new byte[0]), claim, id, 5);
        return new FinishedPrompt(received, new Completion(id, 1, "tiny", "", FinishReason.STOP, null, new Usage(1, 0,
                0), Timings.NONE, null), null);
    }

    /** Between the look and the commit a partition may be lost, of which a newer membership knows, and would let the commit pass. */
    @Test
    void aMembershipThatIsNewerThanTheLookAtClaimsIsNotUsed() throws Exception {
        var claim = new WatchedClaim();
        claim.whenLookedAt = () -> loop.membership(NEWER);
        loop.add(finished("a", claim));
        answers.add(true);
        assertThat(commits.take()).isEqualTo(new Commit(List.of("a"), OLDER));
        assertThat(claim.committed.take().flow()).isEqualTo("a");
    }

    @Test
    void whatWasNotCommittedIsTriedAgainWithTheMembershipOfThatTime() throws Exception {
        var claim = new WatchedClaim();
        loop.add(finished("a", claim));
        assertThat(commits.take()).isEqualTo(new Commit(List.of("a"), OLDER));
        loop.membership(NEWER);
        answers.add(false);
        answers.add(true);
        assertThat(commits.take()).isEqualTo(new Commit(List.of("a"), NEWER));
        assertThat(claim.committed.take().flow()).isEqualTo("a");
    }

    @Test
    void whatIsAnotherWorkersByThenIsLeftOut() throws Exception {
        var lost = new WatchedClaim();
        lost.gone = true;
        var kept = new WatchedClaim();
        loop.add(finished("lost", lost));
        loop.add(finished("kept", kept));
        answers.add(true);
        assertThat(commits.take()).isEqualTo(new Commit(List.of("kept"), OLDER));
        assertThat(kept.committed.take().flow()).isEqualTo("kept");
        assertThat(lost.committed).isEmpty();
        assertThat(List.of(settled.take(), settled.take())).containsExactly("lost is not", "kept is published");
    }
}
