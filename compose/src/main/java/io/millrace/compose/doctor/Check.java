package io.millrace.compose.doctor;

import java.util.List;

/** Looks at one concern. */
@FunctionalInterface
public interface Check {
    /** Looks now; may take some seconds where something does not answer. */
    List<Finding> findings();
}
