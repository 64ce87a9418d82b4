package io.millrace.inference.grammar;

import io.millrace.inference.grammar.Expression.Repeat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads llama.cpp's grammar notation.
 *
 * @see <a href="https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md">GBNF guide</a>
 */
final class GbnfParser {
    private static final String DEFINES = "::=";
    private static final int MOST_NESTED_GROUPS = 200;

    private final String text;
    private final Map<String, Expression> rules = new LinkedHashMap<>();
    /** Where each rule is named first, for those that are never defined. */
    private final Map<String, Integer> references = new LinkedHashMap<>();
    private int position;
    private int depth;

    private GbnfParser(String text) {
        this.text = text;
    }

    /**
     * The rules by name.
     *
     * @throws GrammarException with line and column
     */
    static Map<String, Expression> parse(String text) {
        return new GbnfParser(text).rules();
    }

    private Map<String, Expression> rules() {
        skipBlanks(true);
        while (position < text.length()) {
            rule();
            skipBlanks(true);
        }
        references.forEach((name, at) -> {
            if (!rules.containsKey(name)) {
                throw wrong(at, "there is no rule '" + name + "'");
            }
        });
        if (!rules.containsKey(Grammar.ROOT)) {
            throw wrong(position, "there is no rule '" + Grammar.ROOT + "', where every text begins");
        }
        return rules;
    }

    private void rule() {
        int start = position;
        String name = name();
        skipBlanks(false);
        if (!text.startsWith(DEFINES, position)) {
            throw wrong(position, "expected ::= after the rule name '" + name + "'");
        }
        position += DEFINES.length();
        skipBlanks(true);
        if (rules.put(name, choice()) != null) {
            throw wrong(start, "the rule '" + name + "' is defined twice");
        }
        if (position < text.length() && !atLineEnd()) {
            throw wrong(position, "unexpected " + shown(text.codePointAt(position)));
        }
    }

    private Expression choice() {
        var options = new ArrayList<Expression>();
        options.add(sequence());
        while (atOption()) {
            position++;
            skipBlanks(true);
            options.add(sequence());
        }
        return Expression.choice(options);
    }

    /** Whether another option follows, perhaps at the beginning of the next line. */
    private boolean atOption() {
        int end = position;
        skipBlanks(true);
        if (at('|')) {
            return true;
        }
        position = end;
        return false;
    }

    private Expression sequence() {
        var parts = new ArrayList<Expression>();
        while (position < text.length() && !atLineEnd() && !at('|') && !at(')')) {
            Expression part = part();
            part = repeated(part);
            parts.add(part);
            skipBlanks(depth > 0);
        }
        return parts.size() == 1 ? parts.getFirst() : new Expression.Sequence(parts);
    }

    private Expression part() {
        char c = text.charAt(position);
        return switch (c) {
            case '"' -> literal();
            case '[' -> characters();
            case '(' -> group();
            case '.' -> {
                position++;
                yield new Expression.OneOf(CodePoints.ALL);
            }
            default -> {
                if (!isNameCharacter(c)) {
                    throw wrong(position, "unexpected " + shown(text.codePointAt(position))
                            + ": expected a rule name, \"text\", [characters] or (a group)");
                }
                references.putIfAbsent(nameAhead(), position);
                yield new Expression.Rule(name());
            }
        };
    }

    private Expression group() {
        int start = position++;
        if (++depth > MOST_NESTED_GROUPS) {
            throw wrong(start, "more than " + MOST_NESTED_GROUPS + " groups inside each other");
        }
        skipBlanks(true);
        Expression inside = choice();
        if (!at(')')) {
            throw wrong(start, "this ( is never closed");
        }
        position++;
        depth--;
        return inside;
    }

    private Expression literal() {
        int start = position++;
        var characters = new StringBuilder();
        while (!at('"')) {
            if (position >= text.length() || atLineEnd()) {
                throw wrong(start, "this \" is never closed");
            }
            characters.appendCodePoint(character());
        }
        position++;
        return new Expression.Literal(characters.toString());
    }

    private Expression characters() {
        int start = position++;
        boolean isNegated = at('^');
        if (isNegated) {
            position++;
        }
        CodePoints set = CodePoints.NONE;
        while (!at(']')) {
            if (position >= text.length()) {
                throw wrong(start, "this [ is never closed");
            }
            int at = position;
            int first = character();
            int last = first;
            if (at('-') && position + 1 < text.length() && text.charAt(position + 1) != ']') {
                position++;
                last = character();
            }
            if (last < first) {
                throw wrong(at, "the range ends before it begins");
            }
            set = set.or(CodePoints.range(first, last));
        }
        position++;
        if (set.isEmpty() && !isNegated) {
            throw wrong(start, "[] matches no character");
        }
        return new Expression.OneOf(isNegated ? set.not() : set);
    }

    private Expression repeated(Expression part) {
        Expression result = part;
        while (position < text.length()) {
            switch (text.charAt(position)) {
                case '*' -> result = new Repeat(result, 0, Repeat.UNLIMITED);
                case '+' -> result = new Repeat(result, 1, Repeat.UNLIMITED);
                case '?' -> result = new Repeat(result, 0, 1);
                case '{' -> result = counted(result);
                default -> {
                    return result;
                }
            }
            position++;
        }
        return result;
    }

    /** {@code {2}}, {@code {2,}}, {@code {2,5}} or {@code {,5}}; leaves the last brace. */
    private Expression counted(Expression part) {
        int start = position++;
        skipBlanks(false);
        int least = isDigitAhead() ? number() : 0;
        int most = least;
        skipBlanks(false);
        if (at(',')) {
            position++;
            skipBlanks(false);
            most = isDigitAhead() ? number() : Repeat.UNLIMITED;
            skipBlanks(false);
        } else if (position == start + 1) {
            throw wrong(start, "expected a number after {");
        }
        if (!at('}')) {
            throw wrong(start, "this { is never closed, or holds more than two numbers");
        }
        if (most != Repeat.UNLIMITED && most < least) {
            throw wrong(start, "the most, " + most + ", is below the least, " + least);
        }
        return new Repeat(part, least, most);
    }

    private boolean isDigitAhead() {
        return position < text.length() && text.charAt(position) >= '0' && text.charAt(position) <= '9';
    }

    private int number() {
        int start = position;
        long number = 0;
        while (isDigitAhead()) {
            number = number * 10 + text.charAt(position++) - '0';
            if (number > GrammarCompiler.MOST_REPETITIONS) {
                throw wrong(start, "at most " + GrammarCompiler.MOST_REPETITIONS + " repetitions can be counted");
            }
        }
        return (int) number;
    }

    /** A character as it stands or escaped. */
    private int character() {
        if (position >= text.length()) {
            throw wrong(position, "the grammar ends inside a text or a set of characters");
        }
        int c = text.codePointAt(position);
        position += Character.charCount(c);
        if (c != '\\') {
            return c;
        }
        if (position >= text.length()) {
            throw wrong(position, "the grammar ends after \\");
        }
        char escaped = text.charAt(position++);
        return switch (escaped) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'x' -> hex(2);
            case 'u' -> hex(4);
            case 'U' -> hex(8);
            case '"', '[', ']', '\\', '-', '^' -> escaped;
            default -> throw wrong(position - 2, "unknown escape: \\ before " + shown(escaped));
        };
    }

    private int hex(int digits) {
        int start = position;
        long value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = position < text.length() ? Character.digit(text.charAt(position), 16) : -1;
            if (digit < 0) {
                throw wrong(start - 2, "the escape needs " + digits + " hexadecimal digits");
            }
            value = value * 16 + digit;
            position++;
        }
        if (value > Character.MAX_CODE_POINT) {
            throw wrong(start - 2, "there is no such character");
        }
        return (int) value;
    }

    private String name() {
        String name = nameAhead();
        if (name.isEmpty()) {
            throw wrong(position, "expected a rule name");
        }
        position += name.length();
        return name;
    }

    private String nameAhead() {
        int end = position;
        while (end < text.length() && isNameCharacter(text.charAt(end))) {
            end++;
        }
        return text.substring(position, end);
    }

    private static boolean isNameCharacter(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_';
    }

    private boolean at(char c) {
        return position < text.length() && text.charAt(position) == c;
    }

    private boolean atLineEnd() {
        return at('\n') || at('\r');
    }

    private void skipBlanks(boolean acrossLines) {
        while (position < text.length()) {
            if (at('#')) {
                while (position < text.length() && !atLineEnd()) {
                    position++;
                }
            } else if (at(' ') || at('\t') || acrossLines && atLineEnd()) {
                position++;
            } else {
                return;
            }
        }
    }

    private static String shown(int c) {
        return Character.isISOControl(c) || Character.isWhitespace(c)
                ? String.format("the character U+%04X", c)
                : "'" + Character.toString(c) + "'";
    }

    private GrammarException wrong(int at, String problem) {
        int line = 1;
        int lineStart = 0;
        for (int i = 0; i < at && i < text.length(); i++) {
            if (text.charAt(i) == '\n') {
                line++;
                lineStart = i + 1;
            }
        }
        return new GrammarException("the grammar is wrong in line " + line + ", column "
                + (text.codePointCount(lineStart, Math.min(at, text.length())) + 1) + ": " + problem);
    }
}
