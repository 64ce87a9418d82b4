package io.millrace.inference.grammar;

import io.millrace.inference.grammar.GrammarCompiler.Element;
import java.util.ArrayList;
import java.util.List;

/** Sets of characters as sequences of byte ranges in UTF-8; surrogates have none. */
final class Utf8Ranges {
    static final int LAST_ASCII = 0x7f;
    /** The last character of each length. */
    private static final int[] LAST_OF_LENGTH = {LAST_ASCII, 0x7ff, 0xffff, Character.MAX_CODE_POINT};
    private static final int BITS = 6;
    private static final int CONTINUATION = 0x80;
    private static final CodePoints SURROGATES = CodePoints.range(Character.MIN_SURROGATE, Character.MAX_SURROGATE);

    private final List<int[]> sequences = new ArrayList<>();

    private Utf8Ranges() {}

    /** Sequences of {@link Element}s, of which each character matches one. */
    static List<int[]> of(CodePoints characters) {
        var ranges = new Utf8Ranges();
        CodePoints encodable = characters.minus(SURROGATES);
        for (int i = 0; i < encodable.ranges(); i++) {
            int first = encodable.first(i);
            for (int length = 1; length <= LAST_OF_LENGTH.length && first <= encodable.last(i); length++) {
                int last = Math.min(encodable.last(i), LAST_OF_LENGTH[length - 1]);
                if (first <= last) {
                    ranges.add(first, last, length);
                    first = last + 1;
                }
            }
        }
        return ranges.sequences;
    }

    /** Splits a range until its bytes vary independently: then it is one sequence. */
    private void add(int first, int last, int length) {
        for (int tail = 1; tail < length; tail++) {
            int mask = (1 << BITS * tail) - 1;
            if ((first & ~mask) != (last & ~mask)) {
                if ((first & mask) != 0) {
                    add(first, first | mask, length);
                    add((first | mask) + 1, last, length);
                    return;
                }
                if ((last & mask) != mask) {
                    add(first, (last & ~mask) - 1, length);
                    add(last & ~mask, last, length);
                    return;
                }
            }
        }
        var sequence = new int[length];
        for (int i = 0; i < length; i++) {
            sequence[i] = Element.bytes(byteAt(first, i, length), byteAt(last, i, length));
        }
        sequences.add(sequence);
    }

    private static int byteAt(int codePoint, int index, int length) {
        int bits = codePoint >> BITS * (length - 1 - index);
        if (index > 0) {
            return CONTINUATION | bits & (1 << BITS) - 1;
        }
        // as many ones as bytes, then a zero
        return length == 1 ? bits : 0xff << Byte.SIZE - length & 0xff | bits;
    }
}
