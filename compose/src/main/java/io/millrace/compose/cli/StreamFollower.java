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
    private final PrintWriter errors;

    StreamFollower(TokenFeed feed, EventPrinter printer, PrintWriter errors) {
        this.feed = feed;
        this.printer = printer;
        this.errors = errors;
    }

    /** Returns the exit status: 0 if the stream completed, 1 if it failed or was cancelled. */
    int follow(String waitingForWhat) {
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
