package io.millrace.ingest;

import io.millrace.schemas.ErrorCode;
import io.millrace.schemas.ErrorDetail;
import java.time.Duration;

/** When a prompt is no longer worth computing, counted from its record's timestamp. */
final class Deadline {
    static final ErrorDetail PASSED = new ErrorDetail(ErrorCode.DEADLINE_EXCEEDED,
            "the prompt waited past its deadline_ms and was not computed; send it again, with more time");

    /** Longer than anyone waits, and short enough for every clock's arithmetic. */
    private static final long MAX_MILLIS = Duration.ofDays(365).toMillis();

    private Deadline() {}

    /** How long is left, zero or negative if it passed; null if there is no deadline. */
    static Duration left(Long deadlineMillis, long recordTimestampMillis, long nowMillis) {
        return deadlineMillis == null
                ? null
                : Duration.ofMillis(Math.min(deadlineMillis, MAX_MILLIS) - (nowMillis - recordTimestampMillis));
    }
}
