package io.millrace.inference.chat.jinja;

/** What one rendering may cost. Templates are programs from anywhere, and may not end by themselves. */
final class Budget {
    /** A node costs {@link #NODE}, a text its length: some seconds at the very most. */
    private static final long MAX_WORK = 500_000_000;
    private static final int MAX_DEPTH = 400;

    static final int NODE = 50;

    private long work;
    private int depth;

    void charge(long cost) {
        work += cost;
        if (work > MAX_WORK) {
            throw new JinjaException("the template does too much work");
        }
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
