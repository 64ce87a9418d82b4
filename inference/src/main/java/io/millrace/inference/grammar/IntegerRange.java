package io.millrace.inference.grammar;

import static io.millrace.inference.grammar.Expression.between;
import static io.millrace.inference.grammar.Expression.range;
import static io.millrace.inference.grammar.Expression.sequence;
import static io.millrace.inference.grammar.Expression.text;

import java.util.ArrayList;
import java.util.List;

/** Whole numbers between two bounds, digit by digit. */
final class IntegerRange {
    /** 16 digits, what JSON's readers keep exactly. */
    static final long LIMIT = 9_999_999_999_999_999L;

    private IntegerRange() {}

    /**
     * The decimal digits of every number from {@code least} to {@code most}, both within ±{@link #LIMIT}.
     *
     * @throws GrammarException if there is none
     */
    static Expression of(long least, long most) {
        if (least > most) {
            throw new GrammarException("there is no integer from " + least + " to " + most);
        }
        var options = new ArrayList<Expression>();
        if (least < 0) {
            var magnitudes = new ArrayList<Expression>();
            natural(Math.max(1, -most), -least, magnitudes);
            options.add(sequence(text("-"), Expression.choice(magnitudes)));
        }
        if (most >= 0) {
            natural(Math.max(0, least), most, options);
        }
        return Expression.choice(options);
    }

    /** One option for each number of digits. */
    private static void natural(long least, long most, List<Expression> options) {
        long from = least;
        while (from <= most) {
            int digits = Long.toString(from).length();
            long to = Math.min(most, pow10(digits) - 1);
            sameLength(Long.toString(from), Long.toString(to), options);
            from = to + 1;
        }
    }

    /** Numbers between two of equal length: alike up to a digit, then from that digit to the other's. */
    private static void sameLength(String least, String most, List<Expression> options) {
        if (least.isEmpty()) {
            options.add(Expression.NOTHING);
            return;
        }
        char low = least.charAt(0);
        char high = most.charAt(0);
        String lowRest = least.substring(1);
        String highRest = most.substring(1);
        int rest = lowRest.length();
        if (low == high) {
            options.add(sequence(text(String.valueOf(low)), rest(lowRest, highRest)));
            return;
        }
        boolean lowIsWhole = lowRest.equals("0".repeat(rest));
        boolean highIsWhole = highRest.equals("9".repeat(rest));
        if (!lowIsWhole) {
            options.add(sequence(text(String.valueOf(low)), rest(lowRest, "9".repeat(rest))));
        }
        char first = lowIsWhole ? low : (char) (low + 1);
        char last = highIsWhole ? high : (char) (high - 1);
        if (first <= last) {
            options.add(sequence(range(first, last), between(rest, rest, range('0', '9'))));
        }
        if (!highIsWhole) {
            options.add(sequence(text(String.valueOf(high)), rest("0".repeat(rest), highRest)));
        }
    }

    private static Expression rest(String least, String most) {
        var options = new ArrayList<Expression>();
        sameLength(least, most, options);
        return Expression.choice(options);
    }

    private static long pow10(int exponent) {
        long power = 1;
        for (int i = 0; i < exponent; i++) {
            power *= 10;
        }
        return power;
    }
}
