package io.millrace.compose.pipeline;

import io.millrace.sink.http.Workers;
import java.util.List;
import java.util.Map;

/** Workers that a test knows of. */
record KnownWorkers(List<String> models, Map<Integer, Long> lagByPartition) implements Workers {
    static final KnownWorkers NONE = new KnownWorkers(List.of(), 0);

    KnownWorkers(List<String> models, long lag) {
        this(models, Map.of(0, lag));
    }
}
