package io.millrace.sink.http;

import io.millrace.schemas.WorkerReport;
import java.util.List;

/** What workers tell of themselves. Safe for any thread; does not block. */
@FunctionalInterface
public interface WorkerReports {
    /** The latest report of each worker that reports; a second or so old. */
    List<WorkerReport> current();
}
