package io.millrace.inference.tokenizer;

/**
 * Merges neighbouring symbols, the best pair first, until no pair can be merged: O(n log n) for n symbols.
 *
 * <p>An entry of the queue is stale when its symbols have changed since. It is recognised by its priority, which is no
 * longer that of the pair; should both be equal by chance, the pair's own entry would have come next anyway.
 */
abstract class PairMerger {
    /** Says that two symbols cannot be merged. */
    static final long NO_MERGE = Long.MAX_VALUE;

    private static final int NONE = -1;
    private static final int GONE = -2;

    private final int[] next;
    private final int[] previous;

    PairMerger(int symbols) {
        next = new int[symbols];
        previous = new int[symbols];
    }

    /** The merge's priority, an int (lower goes first), or {@link #NO_MERGE}. */
    abstract long priority(int left, int right);

    /** The left symbol becomes the merged one; the right one is gone. */
    abstract void merge(int left, int right);

    final void run() {
        int symbols = next.length;
        MergeQueue queue = new MergeQueue(symbols);
        for (int i = 0; i < symbols; i++) {
            next[i] = i + 1 < symbols ? i + 1 : NONE;
            previous[i] = i - 1;
        }
        for (int i = 0; i < symbols; i++) {
            offer(queue, i);
        }
        while (!queue.isEmpty()) {
            long entry = queue.pop();
            int left = (int) entry;
            int right = next[left];
            if (right >= 0 && priority(left, right) == entry >> Integer.SIZE) {
                merge(left, right);
                next[left] = next[right];
                next[right] = GONE;
                if (next[left] >= 0) {
                    previous[next[left]] = left;
                }
                offer(queue, left);
                if (previous[left] >= 0) {
                    offer(queue, previous[left]);
                }
            }
        }
    }

    private void offer(MergeQueue queue, int left) {
        int right = next[left];
        long priority = right >= 0 ? priority(left, right) : NO_MERGE;
        if (priority != NO_MERGE) {
            queue.push((int) priority, left);
        }
    }

    /** The symbol after this one, negative at the end. Symbol 0 is always the first. */
    final int next(int symbol) {
        return next[symbol];
    }
}
