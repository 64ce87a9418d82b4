package io.millrace.schemas;

/** Checks of counts that Millrace itself writes. */
final class Counts {
    private Counts() {}

    static void notNegative(String field, long value) {
        check(field, value, 0);
    }

    static void positive(String field, long value) {
        check(field, value, 1);
    }

    private static void check(String field, long value, int low) {
        if (value < low) {
            throw new IllegalArgumentException(field + " must be " + low + " or more, not " + value);
        }
    }
}
