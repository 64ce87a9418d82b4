package io.millrace.inference.grammar;

import io.millrace.inference.grammar.Expression.Repeat;
import java.util.ArrayList;

/**
 * A regular expression for the inside of a JSON string: the common core of ECMA-262's, which JSON Schema asks for. Look-around, back references and
 * Unicode classes are refused by name.
 */
final class JsonPattern {
    private static final CodePoints DIGITS = CodePoints.range('0', '9');
    private static final CodePoints WORD = DIGITS.or(CodePoints.range('a', 'z')).or(CodePoints.range('A', 'Z'))
            .or(CodePoints.of("_"));
    private static final CodePoints BLANKS = CodePoints.of(" \t\n\r\f\u000b\u00a0\ufeff\u2028\u2029");
    private static final CodePoints NOT_LINE_ENDS = CodePoints.of("\n\r\u2028\u2029").not();
    private static final int MOST_NESTED_GROUPS = 200;

    private final String pattern;
    private int position;
    private int depth;

    private JsonPattern(String pattern) {
        this.pattern = pattern;
    }

    /**
     * The string's characters, without its quotes.
     *
     * @throws GrammarException if the pattern is wrong or asks for more than this
     */
    static Expression read(String pattern) {
        var parser = new JsonPattern(pattern);
        boolean fromStart = pattern.startsWith("^");
        boolean toEnd = pattern.endsWith("$") && !isEscaped(pattern, pattern.length() - 1);
        parser.position = fromStart ? 1 : 0;
        Expression inside = parser.choice(toEnd ? pattern.length() - 1 : pattern.length());
        if (parser.position < pattern.length() - (toEnd ? 1 : 0)) {
            throw parser.wrong("unexpected '" + pattern.charAt(parser.position) + "'");
        }
        Expression anything = Expression.anyNumber(JsonText.CHARACTER);
        return Expression.sequence(fromStart ? Expression.NOTHING : anything, inside,
                toEnd ? Expression.NOTHING : anything);
    }

    private static boolean isEscaped(String pattern, int at) {
        int backslashes = 0;
        while (backslashes < at && pattern.charAt(at - 1 - backslashes) == '\\') {
            backslashes++;
        }
        return backslashes % 2 != 0;
    }

    private Expression choice(int end) {
        var options = new ArrayList<Expression>();
        options.add(sequence(end));
        while (position < end && at('|')) {
            position++;
            options.add(sequence(end));
        }
        return Expression.choice(options);
    }

    private Expression sequence(int end) {
        var parts = new ArrayList<Expression>();
        while (position < end && !at('|') && !at(')')) {
            parts.add(repeated(part(end), end));
        }
        return new Expression.Sequence(parts);
    }

    private Expression part(int end) {
        int c = pattern.codePointAt(position);
        position += Character.charCount(c);
        return switch (c) {
            case '(' -> group(end);
            case '[' -> JsonText.character(characters(end));
            case '.' -> JsonText.character(NOT_LINE_ENDS);
            case '\\' -> JsonText.character(escaped(end));
            case '^', '$' -> throw wrong("'" + (char) c + "' can only stand at the pattern's ends");
            case '*', '+', '?', '{' -> throw wrong("nothing stands before '" + (char) c + "'");
            default -> JsonText.character(CodePoints.range(c, c));
        };
    }

    private Expression group(int end) {
        if (++depth > MOST_NESTED_GROUPS) {
            throw wrong("more than " + MOST_NESTED_GROUPS + " groups inside each other");
        }
        if (at('?')) {
            if (!pattern.startsWith("?:", position)) {
                throw wrong("groups with (?" + (position + 1 < end ? pattern.charAt(position + 1) : ' ')
                        + " are not supported");
            }
            position += 2;
        }
        Expression inside = choice(end);
        if (position >= end || !at(')')) {
            throw wrong("a ( is never closed");
        }
        position++;
        depth--;
        return inside;
    }

    private Expression repeated(Expression part, int end) {
        if (position >= end || "*+?{".indexOf(pattern.charAt(position)) < 0) {
            return part;
        }
        Expression repeated = switch (pattern.charAt(position)) {
            case '*' -> new Repeat(part, 0, Repeat.UNLIMITED);
            case '+' -> new Repeat(part, 1, Repeat.UNLIMITED);
            case '?' -> new Repeat(part, 0, 1);
            default -> counted(part, end);
        };
        position++;
        // lazy or greedy, the same texts match
        if (position < end && at('?')) {
            position++;
        }
        return repeated;
    }

    private Expression counted(Expression part, int end) {
        int close = pattern.indexOf('}', position);
        String counts = close < 0 || close >= end ? "" : pattern.substring(position + 1, close);
        if (!counts.matches("\\d{1,6}(,\\d{0,6})?")) {
            throw wrong("expected {2}, {2,} or {2,5}");
        }
        int comma = counts.indexOf(',');
        int least = Integer.parseInt(comma < 0 ? counts : counts.substring(0, comma));
        int most = comma < 0
                ? least
                : comma == counts.length() - 1 ? Repeat.UNLIMITED : Integer.parseInt(counts.substring(comma + 1));
        if (most != Repeat.UNLIMITED && most < least) {
            throw wrong("the most, " + most + ", is below the least, " + least);
        }
        position = close;
        return new Repeat(part, least, most);
    }

    private CodePoints characters(int end) {
        boolean isNegated = at('^');
        if (isNegated) {
            position++;
        }
        CodePoints set = CodePoints.NONE;
        while (position < end && !at(']')) {
            CodePoints first = classPart(end);
            boolean isRange = at('-') && position + 1 < end && pattern.charAt(position + 1) != ']';
            if (isRange) {
                position++;
                CodePoints last = classPart(end);
                if (!isSingle(first) || !isSingle(last) || last.first(0) < first.first(0)) {
                    throw wrong("a range in [] must go from one character up to another");
                }
                first = CodePoints.range(first.first(0), last.first(0));
            }
            set = set.or(first);
        }
        if (position >= end) {
            throw wrong("a [ is never closed");
        }
        position++;
        return isNegated ? set.not() : set;
    }

    private CodePoints classPart(int end) {
        int c = pattern.codePointAt(position);
        position += Character.charCount(c);
        return c == '\\' ? escaped(end) : CodePoints.range(c, c);
    }

    private static boolean isSingle(CodePoints set) {
        return set.ranges() == 1 && set.first(0) == set.last(0);
    }

    private CodePoints escaped(int end) {
        if (position >= end) {
            throw wrong("the pattern ends after \\");
        }
        char c = pattern.charAt(position++);
        return switch (c) {
            case 'd' -> DIGITS;
            case 'D' -> DIGITS.not();
            case 'w' -> WORD;
            case 'W' -> WORD.not();
            case 's' -> BLANKS;
            case 'S' -> BLANKS.not();
            case 'n' -> CodePoints.of("\n");
            case 'r' -> CodePoints.of("\r");
            case 't' -> CodePoints.of("\t");
            case 'f' -> CodePoints.of("\f");
            case 'x' -> hex(2, end);
            case 'u' -> hex(4, end);
            default -> {
                if (Character.isLetterOrDigit(c)) {
                    throw wrong("\\" + c + " is not supported");
                }
                yield CodePoints.range(c, c);
            }
        };
    }

    private CodePoints hex(int digits, int end) {
        String number = position + digits <= end ? pattern.substring(position, position + digits) : "";
        if (!number.matches("[0-9a-fA-F]+")) {
            throw wrong("an escape needs " + digits + " hexadecimal digits");
        }
        position += digits;
        int c = Integer.parseInt(number, 16);
        return CodePoints.range(c, c);
    }

    private boolean at(char c) {
        return position < pattern.length() && pattern.charAt(position) == c;
    }

    private GrammarException wrong(String problem) {
        return new GrammarException("the pattern '" + pattern + "' is wrong at character " + (position + 1) + ": "
                + problem);
    }
}
