package io.millrace.ingest;

import java.util.HashMap;
import java.util.Map;

/** How many prompts were admitted and are not committed yet, by flow and by partition. Belongs to one thread. */
final class InHand {
    private final Map<String, Integer> byFlow = new HashMap<>();
    private final Map<Claim, Integer> byPartition = new HashMap<>();

    void add(ReceivedPrompt prompt) {
        byFlow.merge(prompt.flow(), 1, Integer::sum);
        byPartition.merge(prompt.claim(), 1, Integer::sum);
    }

    int ofFlow(String flow) {
        return byFlow.getOrDefault(flow, 0);
    }

    int ofPartition(Claim partition) {
        return byPartition.getOrDefault(partition, 0);
    }
}
