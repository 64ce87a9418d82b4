package io.millrace.sink.http;

import java.util.List;

/** What is known of those who answer prompts. Safe for any thread; does not block. */
public interface Workers {
    /** The names of the models that are served, sorted; none while no worker is there. */
    List<String> models();

    /** How many prompts wait for a worker, or are not known to be done; 0 while that is not known. */
    long lag();
}
