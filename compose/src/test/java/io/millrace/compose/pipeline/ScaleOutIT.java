package io.millrace.compose.pipeline;

import static java.util.stream.Collectors.collectingAndThen;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.millrace.compose.program.Program;
import io.millrace.ingest.IngestOptions;
import io.millrace.schemas.Completion;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.TokenEventCodec;
import io.millrace.schemas.TokenHeaders;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Three workers and two gateways, each a process, with nothing between them but a broker: one system. */
@Tag("long")
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class ScaleOutIT {
    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

    /** Shared equally by two workers, and by three. */
    private static final int PARTITIONS = 12;
    private static final int PROMPTS = 96;
    /** How far a worker's part of a round may be from an equal one: a tenth of the round, though partitions have equal parts. */
    private static final double TOLERANCE = 0.1;
    private static final String UP = "The gateway is up: ";

    /** An attempt's beginning, and who began it. */
    private record Beginning(String id, String worker) {}

    @Test
    void workersShareEvenlyComeAndGoUnderLoadAndEveryGatewayShowsAll() throws Exception {
        try (var pipeline = new Pipeline(CLUSTER.address(), CLUSTER.newTopics(PARTITIONS));
                var group = new WorkerGroup(pipeline, IngestOptions.DEFAULT_GROUP);
                var beginnings = new TopicProbe<>(pipeline.clientSettings, pipeline.topics.tokens(),
                        ScaleOutIT::beginning);
                var gateway = pipeline.startSmall("gateway", "--port", "0");
                var otherGateway = pipeline.startSmall("gateway", "--port", "0");
                var first = startWorker(pipeline);
                var second = startWorker(pipeline)) {
            group.awaitShares(2, PARTITIONS / 2);
            send(pipeline, "two");
            assertEven(shares(pipeline, beginnings, "two"), first, second);

            send(pipeline, "load");
            try (var third = startWorker(pipeline)) {
                group.awaitShares(3, PARTITIONS / 3);
                send(pipeline, "three");
                assertEven(shares(pipeline, beginnings, "three"), first, second, third);

                send(pipeline, "leave");
                pipeline.completions.await(all -> count(all, "leave") > 0);
                first.terminate();
                assertThat(first.status()).as(first.err()).isZero();
                awaitAll(pipeline, "leave");
                group.awaitShares(2, PARTITIONS / 2);
                send(pipeline, "rest");
                assertEven(shares(pipeline, beginnings, "rest"), second, third);
                for (var worker : List.of(second, third)) {
                    worker.terminate();
                    assertThat(worker.status()).as(worker.err()).isZero();
                }
            }
            awaitAll(pipeline, "load");
            assertThat(pipeline.completions.await(5 * PROMPTS)).hasSize(5 * PROMPTS).extracting(Completion::id)
                    .doesNotHaveDuplicates();
            for (var shown : List.of(gateway, otherGateway)) {
                for (var id : List.of("two-0", "load-1", "three-2", "leave-3", "leave-" + (PROMPTS - 1), "rest-4")) {
                    assertThat(shownText(shown, id)).as(id).isEqualTo(pipeline.completion(id).text());
                }
                shown.terminate();
                assertThat(shown.status()).as(shown.err()).isZero();
            }
        }
    }

    private static void send(Pipeline pipeline, String round) throws Exception {
        for (int i = 0; i < PROMPTS; i++) {
            String id = round + "-" + i;
            pipeline.sendRaw(i % PARTITIONS, id, "{\"prompt\":\"The little boat\",\"max_tokens\":" + (16 + i % 16)
                    + "}");
        }
    }

    private static long count(Collection<Completion> completions, String round) {
        return completions.stream().filter(completion -> completion.id().startsWith(round + "-")).count();
    }

    private static void awaitAll(Pipeline pipeline, String round) {
        pipeline.completions.await(all -> count(all, round) == PROMPTS);
    }

    /** What part of a round each worker had, by the name it gives itself; the round is over when this returns. */
    private static Map<String, Double> shares(Pipeline pipeline, TopicProbe<Optional<Beginning>> beginnings,
            String round) {
        awaitAll(pipeline, round);
        return of(beginnings.await(all -> of(all, round).count() >= PROMPTS), round)
                .collect(groupingBy(Beginning::worker, collectingAndThen(counting(), count -> (double) count
                        / PROMPTS)));
    }

    private static Stream<Beginning> of(List<Optional<Beginning>> beginnings, String round) {
        return beginnings.stream().flatMap(Optional::stream).filter(beginning -> beginning.id().startsWith(round
                + "-"));
    }

    private static void assertEven(Map<String, Double> shares, Program... workers) {
        assertThat(shares).hasSize(workers.length).allSatisfy((worker, share) -> assertThat(share).as(worker)
                .isCloseTo(1.0 / workers.length, within(TOLERANCE)));
        for (var worker : workers) {
            assertThat(shares.keySet()).anyMatch(name -> name.contains("-" + worker.pid() + "@"));
        }
    }

    private static Optional<Beginning> beginning(ConsumerRecord<byte[], byte[]> record) {
        var worker = record.headers().lastHeader(TokenHeaders.WORKER);
        return new TokenEventCodec().decode(record.value()) instanceof TokenEvent.Started started
                ? Optional.of(new Beginning(started.id(), new String(worker.value(), StandardCharsets.UTF_8)))
                : Optional.empty();
    }

    private static String shownText(Program gateway, String id) throws Exception {
        String line = gateway.awaitLine(text -> text.startsWith(UP));
        var codec = new TokenEventCodec();
        return StreamFrames.toTheEnd(URI.create(line.substring(UP.length(), line.indexOf(',')) + "/" + id)).stream()
                .map(frame -> codec.decode(frame.getBytes(StandardCharsets.UTF_8)))
                .map(event -> event instanceof TokenEvent.Token token ? token.text() : "").collect(joining());
    }

    private static Program startWorker(Pipeline pipeline) {
        return pipeline.startSmall("worker", "--parallel", "4", "--threads", "1", "--drain", "20");
    }
}
