package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.client.CompletionFeed;
import io.millrace.compose.client.PromptSender;
import io.millrace.schemas.Completion;
import io.millrace.schemas.CompletionCodec;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.Topics;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** A file of prompts, one a line, sent at once; Kafka is the queue they wait in. Blank lines are passed over. */
final class Batch {
    private static final Duration POLL = Duration.ofMillis(200);

    private final String batchId;
    private final Path file;
    private final PromptFlags flags;
    private final boolean json;
    private final Output output;
    private final PrintWriter errors;
    private final CompletionCodec codec = new CompletionCodec();

    /** Line numbers of prompts without a completion yet, by id. */
    private final Map<String, Integer> pending = new ConcurrentHashMap<>();
    private final TreeSet<Integer> waitingLines = new TreeSet<>();
    /** Texts that wait for an earlier line's, by line number. */
    private final TreeMap<Integer, String> finished = new TreeMap<>();
    private int failures;

    Batch(String batchId, Path file, PromptFlags flags, boolean json, Output output, PrintWriter errors) {
        this.batchId = batchId;
        this.file = file;
        this.flags = flags;
        this.json = json;
        this.output = output;
        this.errors = errors;
    }

    /** Returns the exit status: 1 if any prompt failed, or has no completion because Kafka is out of reach. */
    int run(BrokerAddress address, Topics topics, Outage outage) {
        List<String> lines = PromptText.ofFile(file).lines().toList();
        try (var completions = new CompletionFeed(address, topics); var sender = new PromptSender(address, topics)) {
            int count;
            try (var _ = new OnInterrupt(() -> cancelAll(sender))) {
                count = sendAll(lines, sender);
                await(completions, count, outage);
            } catch (UserException e) {
                cancelAll(sender);
                throw e;
            }
            if (!pending.isEmpty()) {
                outage.giveUp(pending.size() + " of " + count + " prompts are without completion; "
                        + Outage.COMPLETED_LATER);
                return 1;
            }
            if (failures > 0) {
                errors.println("millrace: " + failures + " of " + count + " prompts failed");
            }
            return failures > 0 ? 1 : 0;
        }
    }

    private void await(CompletionFeed completions, int count, Outage outage) {
        try (var progress = Progress.bar("prompts", count)) {
            while (!pending.isEmpty() && !outage.isTooLong(completions.outOfReach())) {
                for (var completion : completions.next(POLL, pending::containsKey)) {
                    take(completion);
                    progress.step();
                }
            }
        }
    }

    private int sendAll(List<String> lines, PromptSender sender) {
        var sent = new ArrayList<CompletableFuture<Void>>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isBlank()) {
                var id = batchId + "-" + (i + 1);
                pending.put(id, i + 1);
                waitingLines.add(i + 1);
                var last = sender.send(flags.prompt(id, lines.get(i)));
                if (last.isCompletedExceptionally()) {
                    // as would the others, each after a while
                    PromptSender.await(last);
                }
                sent.add(last);
            }
        }
        sent.forEach(PromptSender::await);
        return sent.size();
    }

    private void take(Completion completion) {
        // a second completion of the same prompt, were there one, would find nothing here
        int line = pending.remove(completion.id());
        waitingLines.remove(line);
        if (completion.finishReason() == FinishReason.ERROR || completion.finishReason() == FinishReason.CANCELLED) {
            failures++;
            errors.println("millrace: line " + line + ": "
                    + (completion.error() == null ? "cancelled" : completion.error().message()));
        }
        if (json) {
            output.printLine(new String(codec.encode(completion), StandardCharsets.UTF_8));
            return;
        }
        finished.put(line, completion.text());
        while (!finished.isEmpty() && (waitingLines.isEmpty() || finished.firstKey() < waitingLines.first())) {
            output.printLine(finished.pollFirstEntry().getValue());
        }
    }

    private void cancelAll(PromptSender sender) {
        sender.cancelWithin(OnInterrupt.LONGEST, pending.keySet());
    }
}
