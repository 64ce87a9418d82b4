package io.millrace.compose.pipeline;

import io.millrace.sink.http.Workers;
import java.util.List;

/** Workers that a test knows of. */
record KnownWorkers(List<String> models, long lag) implements Workers {
    static final KnownWorkers NONE = new KnownWorkers(List.of(), 0);
}
