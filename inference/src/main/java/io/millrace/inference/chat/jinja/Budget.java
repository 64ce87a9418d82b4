package io.millrace.inference.chat.jinja;

import java.time.Duration;
import java.util.Collection;

/** What one rendering may cost. Templates are programs from anywhere, and may not end by themselves. */
final class Budget {
    /** A node costs {@link #NODE}, a text its length: some seconds at the very most. */
    private static final long MAX_WORK = 500_000_000;
    private static final int MAX_DEPTH = 400;

    static final int NODE = 50;

    /** For what costs more time than it seems to; a rendering takes milliseconds. */
    private static final Duration MAX_TIME = Duration.ofSeconds(10);

    private final long start = System.nanoTime();
    private final long maxWork;
    private long work;
    private int depth;

    Budget() {
        this(MAX_WORK);
    }

    Budget(long maxWork) {
        this.maxWork = maxWork;
    }

    void charge(long cost) {
        work += cost;
        if (work > maxWork || System.nanoTime() - start > MAX_TIME.toNanos()) {
            throw new JinjaException("the template does too much work");
        }
    }

    /** Charges for a value that is looked at as a whole. */
    void chargeFor(Object value) {
        charge(switch (value) {
            case String text -> text.length();
            case Collection<?> items -> items.size();
            case null, default -> 1;
        });
    }

    void enter() {
        charge(NODE);
        if (++depth > MAX_DEPTH) {
            throw new JinjaException("evaluation nested more than " + MAX_DEPTH + " deep");
        }
    }

    void leave() {
        depth--;
    }
}
