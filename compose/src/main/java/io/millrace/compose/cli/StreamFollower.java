package io.millrace.compose.cli;

import io.millrace.compose.client.TokenFeed;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.TokenEvent;
import java.io.PrintWriter;
import java.time.Duration;

/** Prints one stream to its end. */
final class StreamFollower {
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final TokenFeed feed;
    private final EventPrinter printer;
    private final Outage outage;
    private final PrintWriter errors;

    StreamFollower(TokenFeed feed, EventPrinter printer, Outage outage, PrintWriter errors) {
        this.feed = feed;
        this.printer = printer;
        this.outage = outage;
        this.errors = errors;
    }

    /**
     * Follows it to its end.
     *
     * @param undone what to say of the stream if Kafka is away for too long
     * @return the exit status: 0 if the stream completed, 1 if it failed, was cancelled or is out of reach
     */
    int follow(String waitingForWhat, String undone) {
        long startedNanos = System.nanoTime();
        boolean silent = true;
        boolean told = false;
        while (true) {
            for (var event : feed.next(POLL)) {
                silent = false;
                printer.print(event);
                if (event.isLast()) {
                    return statusOf(event);
                }
            }
            if (outage.isTooLong(feed.outOfReach())) {
                outage.giveUp(undone);
                return 1;
            }
            if (silent && !told && System.nanoTime() - startedNanos > PATIENCE.toNanos()) {
                told = true;
                errors.println("millrace: still waiting for " + waitingForWhat + " (Ctrl-C to give up)");
            }
        }
    }

    private int statusOf(TokenEvent last) {
        return switch (last) {
            case TokenEvent.Failed failed -> {
                errors.println("millrace: prompt " + failed.id() + " failed: " + failed.error().message() + " ("
                        + failed.error().code() + ")");
                yield 1;
            }
            case TokenEvent.Completed completed when completed.finishReason() == FinishReason.CANCELLED -> {
                errors.println("millrace: prompt " + completed.id() + " was cancelled");
                yield 1;
            }
            default -> 0;
        };
    }
}
