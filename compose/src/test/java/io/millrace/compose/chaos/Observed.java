package io.millrace.compose.chaos;

import io.millrace.schemas.Completion;
import java.util.List;
import java.util.Map;

/**
 * What there was to see once everything had come to rest.
 *
 * @param completions as readers of committed data see them
 * @param streams by id, in the topic's order
 * @param deadLetters the records that they come of, {@code <partition>-<offset>}
 * @param progress by partition of prompts
 * @param calmTexts by id, what some of the prompts come to where nothing fails
 * @param endedProcesses those that ended though nothing was done to them, or not as they were asked to
 */
record Observed(List<Sent> sent, List<Completion> completions, Map<String, List<StreamRecord>> streams,
        List<String> deadLetters, Map<Integer, Progress> progress, List<Watched> watched, Map<String, String> calmTexts,
        List<String> endedProcesses) {
    Observed {
        sent = List.copyOf(sent);
        completions = List.copyOf(completions);
        streams = Map.copyOf(streams);
        deadLetters = List.copyOf(deadLetters);
        progress = Map.copyOf(progress);
        watched = List.copyOf(watched);
        calmTexts = Map.copyOf(calmTexts);
        endedProcesses = List.copyOf(endedProcesses);
    }
}
