package io.millrace.inference.cache;

import java.util.HashMap;
import java.util.Map;

/**
 * What a full block holds: its own tokens, behind those of the block before it. A node of a tree whose root is the empty
 * prefix; keys and values depend on all tokens before them, so the same tokens behind another prefix are another node.
 */
final class Prefix {
    private final Prefix parent;
    private final TokenRun run;
    private final Block block;
    private final Map<TokenRun, Prefix> children = new HashMap<>();

    private Prefix(Prefix parent, TokenRun run, Block block) {
        this.parent = parent;
        this.run = run;
        this.block = block;
    }

    static Prefix root() {
        return new Prefix(null, null, null);
    }

    /** The block with the last tokens; the root has none. */
    Block block() {
        return block;
    }

    /** This prefix and one more block, or null if no such block is known. */
    Prefix find(TokenRun next) {
        return children.get(next);
    }

    /** Makes a block known, which must not be yet. */
    Prefix add(TokenRun next, Block nextBlock) {
        var child = new Prefix(this, next, nextBlock);
        children.put(next, child);
        nextBlock.setPrefix(child);
        return child;
    }

    /** Its block will hold something else. */
    void forget() {
        if (!children.isEmpty()) {
            throw new IllegalStateException("a block is forgotten before those behind it");
        }
        parent.children.remove(run);
        block.setPrefix(null);
    }
}
