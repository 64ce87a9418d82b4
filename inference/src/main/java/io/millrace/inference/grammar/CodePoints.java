package io.millrace.inference.grammar;

import java.util.Arrays;

/** A set of Unicode code points. Immutable. */
final class CodePoints {
    static final CodePoints NONE = new CodePoints();
    static final CodePoints ALL = new CodePoints(0, Character.MAX_CODE_POINT);

    /** First and last of each range, ascending, with a gap between any two. */
    private final int[] bounds;

    private CodePoints(int... bounds) {
        this.bounds = bounds;
    }

    static CodePoints range(int first, int last) {
        return new CodePoints(first, last);
    }

    /** Every character of a text. */
    static CodePoints of(String characters) {
        return characters.codePoints().mapToObj(c -> range(c, c)).reduce(NONE, CodePoints::or);
    }

    int ranges() {
        return bounds.length / 2;
    }

    int first(int range) {
        return bounds[2 * range];
    }

    int last(int range) {
        return bounds[2 * range + 1];
    }

    boolean isEmpty() {
        return bounds.length == 0;
    }

    boolean contains(int codePoint) {
        for (int i = 0; i < ranges(); i++) {
            if (first(i) <= codePoint && codePoint <= last(i)) {
                return true;
            }
        }
        return false;
    }

    CodePoints or(CodePoints other) {
        // in order of their first points, by the complement's symmetry
        return not().and(other.not()).not();
    }

    CodePoints minus(CodePoints other) {
        return and(other.not());
    }

    CodePoints and(CodePoints other) {
        var common = new int[bounds.length + other.bounds.length];
        int length = 0;
        int i = 0;
        int j = 0;
        while (i < ranges() && j < other.ranges()) {
            int from = Math.max(first(i), other.first(j));
            int to = Math.min(last(i), other.last(j));
            if (from <= to) {
                common[length++] = from;
                common[length++] = to;
            }
            if (last(i) < other.last(j)) {
                i++;
            } else {
                j++;
            }
        }
        return new CodePoints(Arrays.copyOf(common, length));
    }

    CodePoints not() {
        var rest = new int[bounds.length + 2];
        int length = 0;
        int next = 0;
        for (int i = 0; i < ranges(); i++) {
            if (next < first(i)) {
                rest[length++] = next;
                rest[length++] = first(i) - 1;
            }
            next = last(i) + 1;
        }
        if (next <= Character.MAX_CODE_POINT) {
            rest[length++] = next;
            rest[length++] = Character.MAX_CODE_POINT;
        }
        return new CodePoints(Arrays.copyOf(rest, length));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CodePoints points && Arrays.equals(bounds, points.bounds);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bounds);
    }

    @Override
    public String toString() {
        return Arrays.toString(bounds);
    }
}
