package io.millrace.sink.http;

import java.util.List;
import java.util.Map;

/** What is known of those who answer prompts. Safe for any thread; does not block. */
public interface Workers {
    /** The names of the models that are served, sorted; none while no worker is there. */
    List<String> models();

    /** How many prompts of each partition wait for a worker, or are not known to be done; empty while that is not known. */
    Map<Integer, Long> lagByPartition();

    /** That of all partitions. */
    default long lag() {
        return lagByPartition().values().stream().mapToLong(Long::longValue).sum();
    }
}
