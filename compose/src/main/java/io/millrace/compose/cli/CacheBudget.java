package io.millrace.compose.cli;

import io.millrace.compose.Bytes;
import io.millrace.compose.UserException;
import io.millrace.inference.ModelMemory;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long generations may get on a machine, and how many tokens' keys and values it holds for all of them together.
 *
 * @param modelContext the longest that the model was made for
 * @param memory what the model takes
 * @param sequences that are generated at a time
 * @param machineBytes the machine's memory
 */
record CacheBudget(int modelContext, ModelMemory memory, int sequences, long machineBytes) {
    /**
     * What to run with.
     *
     * @param cacheTokens empty if there is room for as many sequences so long
     */
    record Choice(int contextLength, OptionalInt cacheTokens) {}

    /** A shorter default would be of no use; the system may swap instead. */
    private static final int SHORTEST_DEFAULT = 512;
    private static final Logger LOG = LoggerFactory.getLogger(CacheBudget.class);

    /**
     * Chooses.
     *
     * @param askedContext what the user wants, 0 for the default
     * @param askedTokens of all sequences together, 0 for the default: what they may need, as far as memory allows
     * @param longestDefault the default context's limit
     * @throws UserException if what is asked for cannot fit the machine's memory
     */
    Choice choose(int askedContext, int askedTokens, int longestDefault) {
        requireFits("--ctx-size", askedContext);
        requireFits("--max-total-tokens", askedTokens);
        if (askedTokens > 0 && (askedTokens < askedContext || askedTokens == 1)) {
            throw new UserException("--max-total-tokens must hold at least one context of --ctx-size, "
                    + Math.max(2, askedContext) + " tokens, not " + askedTokens);
        }
        int fitting = Math.clamp(memory.contextFor(memory.roomForCache(machineBytes), 1), SHORTEST_DEFAULT,
                Integer.MAX_VALUE);
        int most = askedTokens > 0 ? askedTokens : fitting;
        int wanted = askedContext > 0 ? askedContext : Math.min(modelContext, longestDefault);
        int context = askedContext > 0 ? askedContext : Math.min(wanted, most);
        if (context < wanted && askedTokens == 0) {
            warn(context, wanted);
        }
        boolean holdsAll = askedTokens == 0 && (long) sequences * context <= fitting;
        return new Choice(context, holdsAll ? OptionalInt.empty() : OptionalInt.of(Math.max(context, most)));
    }

    private void warn(int context, int wanted) {
        LOG.warn("the context is {} rather than {}, whose keys and values would need {} of this machine's {};"
                + " --cache-type-k and --cache-type-v q8_0 take a quarter of it", context, wanted,
                Bytes.readable(memory.cacheBytes(wanted, 1)), Bytes.readable(machineBytes));
    }

    private void requireFits(String flag, int tokens) {
        long needed = memory.cacheBytes(tokens, 1);
        if (needed > machineBytes) {
            throw new UserException(flag + " " + tokens + " needs " + Bytes.readable(needed)
                    + " for keys and values, and this machine has " + Bytes.readable(machineBytes)
                    + " in all: take at most " + memory.contextFor(memory.roomForCache(machineBytes), 1)
                    + ", or --cache-type-k and --cache-type-v q8_0, a quarter of f32's size");
        }
    }
}
