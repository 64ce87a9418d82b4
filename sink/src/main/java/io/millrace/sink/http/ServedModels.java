package io.millrace.sink.http;

import java.util.List;

/** Which models answer prompts at the moment. Safe for any thread; does not block. */
@FunctionalInterface
public interface ServedModels {
    /** The names of the models that workers serve, sorted; none while no worker is there. */
    List<String> names();
}
