package io.millrace.compose.cli;

import com.sun.management.OperatingSystemMXBean;
import io.millrace.compose.UserException;
import io.millrace.inference.LanguageModel;
import io.millrace.inference.ModelMemory;
import java.lang.management.ManagementFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How long generations may get on this machine.
 *
 * @param sequences that may get so long at a time
 */
record ContextLength(LanguageModel model, ModelMemory memory, int sequences) {
    /** A shorter default would be of no use; the system may swap instead. */
    private static final int SHORTEST_DEFAULT = 512;
    private static final Logger LOG = LoggerFactory.getLogger(ContextLength.class);

    /**
     * The context to run with.
     *
     * @param asked what the user wants, 0 for the default
     * @param longestDefault the default's limit
     * @throws UserException if what is asked for cannot fit the machine's memory
     */
    int choose(int asked, int longestDefault) {
        long total = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
        if (asked == 0) {
            int wanted = Math.min(model.contextLength(), longestDefault);
            long fitting = memory.contextFor(total - memory.weightBytes(), sequences);
            int chosen = (int) Math.min(wanted, Math.max(SHORTEST_DEFAULT, fitting));
            if (chosen < wanted) {
                LOG.warn("the context is {} rather than {}, whose keys and values would need {} of this machine's {};"
                        + " --cache-type-k and --cache-type-v q8_0 take a quarter of it", chosen, wanted,
                        Bytes.readable(memory.cacheBytes(wanted, sequences)), Bytes.readable(total));
            }
            return chosen;
        }
        long needed = memory.cacheBytes(asked, sequences);
        if (needed > total) {
            throw new UserException("--ctx-size " + asked + (sequences > 1 ? " times " + sequences + " sequences" : "")
                    + " needs " + Bytes.readable(needed) + " for keys and values, and this machine has "
                    + Bytes.readable(total) + " in all: take at most "
                    + memory.contextFor(total - memory.weightBytes(), sequences)
                    + ", or --cache-type-k and --cache-type-v q8_0, a quarter of f32's size");
        }
        return asked;
    }
}
