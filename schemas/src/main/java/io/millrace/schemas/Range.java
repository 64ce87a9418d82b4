package io.millrace.schemas;

/** Checks of numbers that people write; null means "not given" and passes. */
final class Range {
    private Range() {}

    static void closed(String field, Number value, double low, double high) {
        check(field, value, value == null || value.doubleValue() >= low && value.doubleValue() <= high,
                "from " + text(low) + " to " + text(high));
    }

    static void openClosed(String field, Number value, double low, double high) {
        check(field, value, value == null || value.doubleValue() > low && value.doubleValue() <= high,
                "above " + text(low) + " and at most " + text(high));
    }

    private static void check(String field, Number value, boolean ok, String range) {
        if (!ok) {
            throw new InvalidPromptException(ErrorCode.INVALID_PROMPT, field,
                    field + " must be " + range + ", not " + value);
        }
    }

    private static String text(double bound) {
        return bound == Math.rint(bound) ? Long.toString((long) bound) : Double.toString(bound);
    }
}
