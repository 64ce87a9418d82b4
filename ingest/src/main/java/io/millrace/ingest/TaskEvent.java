package io.millrace.ingest;

import io.millrace.schemas.Result;
import java.time.Duration;

/** How a task goes on of which nothing is generated. */
public sealed interface TaskEvent {
    /** It begins. */
    record Started() implements TaskEvent {}

    /**
     * It is done.
     *
     * @param took from its beginning
     */
    record Done(Result result, Duration took) implements TaskEvent {}
}
