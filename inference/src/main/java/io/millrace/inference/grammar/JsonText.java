package io.millrace.inference.grammar;

import static io.millrace.inference.grammar.Expression.anyNumber;
import static io.millrace.inference.grammar.Expression.between;
import static io.millrace.inference.grammar.Expression.choice;
import static io.millrace.inference.grammar.Expression.oneOf;
import static io.millrace.inference.grammar.Expression.optional;
import static io.millrace.inference.grammar.Expression.range;
import static io.millrace.inference.grammar.Expression.sequence;
import static io.millrace.inference.grammar.Expression.text;

import io.millrace.inference.grammar.Expression.OneOf;
import io.millrace.inference.grammar.Expression.Rule;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * JSON itself (RFC 8259) as expressions, with the little white space between tokens that models write. Each value ends with the white space
 * behind it, as in llama.cpp's rules for JSON.
 */
final class JsonText {
    private static final int MOST_DIGITS = 16;
    private static final int MOST_INDENTATION = 20;
    private static final CodePoints ESCAPED = CodePoints.of("\"\\").or(CodePoints.range(0, 0x1f))
            .or(CodePoints.range(0x7f, 0x7f));
    /** Control characters with an escape of their own. */
    private static final Map<Integer, String> SHORT_ESCAPES = Map.of((int) '"', "\\\"", (int) '\\', "\\\\",
            (int) '\n', "\\n", (int) '\t', "\\t", (int) '\r', "\\r", (int) '\b', "\\b", (int) '\f', "\\f");

    static final Expression SPACE = new Rule("space");
    static final Expression ANY = new Rule("value");
    static final Expression OBJECT = new Rule("object");
    static final Expression ARRAY = new Rule("array");
    static final Expression STRING = new Rule("string");
    static final Expression NUMBER = new Rule("number");
    static final Expression INTEGER = new Rule("integer");
    static final Expression BOOLEAN = new Rule("boolean");
    static final Expression NULL = new Rule("null");
    static final Expression CHARACTER = new Rule("character");

    private JsonText() {}

    /** The rules that the constants name. */
    static Map<String, Expression> rules() {
        Expression digits = between(0, MOST_DIGITS - 1, range('0', '9'));
        Expression whole = choice(text("0"), sequence(range('1', '9'), digits));
        Expression fraction = sequence(text("."), between(1, MOST_DIGITS, range('0', '9')));
        Expression exponent = sequence(oneOf("eE"), optional(oneOf("+-")), whole);
        Expression member = sequence(STRING, punctuation(":"), ANY);
        Map<String, Expression> rules = new TreeMap<>();
        rules.put("space", choice(Expression.NOTHING, text(" "),
                sequence(between(1, 2, text("\n")), between(0, MOST_INDENTATION, oneOf(" \t")))));
        rules.put("value", choice(OBJECT, ARRAY, STRING, NUMBER, BOOLEAN, NULL));
        rules.put("object", sequence(punctuation("{"), optional(list(member, anyNumber(following(member)))),
                punctuation("}")));
        rules.put("array", sequence(punctuation("["), optional(list(ANY, anyNumber(following(ANY)))),
                punctuation("]")));
        rules.put("character", choice(new OneOf(ESCAPED.not()), escape()));
        rules.put("string", quoted(anyNumber(CHARACTER)));
        rules.put("integer", sequence(optional(text("-")), whole, SPACE));
        rules.put("number", sequence(optional(text("-")), whole, optional(fraction), optional(exponent), SPACE));
        rules.put("boolean", sequence(choice(text("true"), text("false")), SPACE));
        rules.put("null", word("null"));
        return rules;
    }

    private static Expression escape() {
        return sequence(text("\\"), choice(oneOf("\"\\bfnrt"), sequence(text("u"), between(4, 4, hexDigit()))));
    }

    static Expression hexDigit() {
        return new OneOf(CodePoints.of("0123456789abcdefABCDEF"));
    }

    static Expression word(String word) {
        return sequence(text(word), SPACE);
    }

    static Expression punctuation(String mark) {
        return sequence(text(mark), SPACE);
    }

    static Expression quoted(Expression characters) {
        return sequence(text("\""), characters, text("\""), SPACE);
    }

    /** Something behind something else in a list. */
    static Expression following(Expression part) {
        return sequence(punctuation(","), part);
    }

    static Expression list(Expression first, Expression rest) {
        return sequence(first, rest);
    }

    /** A string's character of a set, escaped where JSON wants it. */
    static Expression character(CodePoints set) {
        var options = new ArrayList<Expression>();
        CodePoints plain = set.minus(ESCAPED);
        if (!plain.isEmpty()) {
            options.add(new OneOf(plain));
        }
        SHORT_ESCAPES.forEach((character, escape) -> {
            if (set.contains(character)) {
                options.add(text(escape));
            }
        });
        if (options.isEmpty()) {
            throw new GrammarException("no character of the set " + set + " has a short form in a JSON string");
        }
        return choice(options);
    }

    /** A string that is none of these. */
    static Expression stringOtherThan(Collection<String> names) {
        return quoted(otherThan(new TreeSet<>(names), 0));
    }

    /**
     * What may stand behind the first {@code depth} characters that all of these names begin with.
     *
     * @param names without escapes; those with one need not be avoided, as they are written otherwise
     */
    private static Expression otherThan(Set<String> names, int depth) {
        Map<Integer, Set<String>> branches = new TreeMap<>();
        boolean isName = false;
        for (String name : names) {
            if (name.length() == depth) {
                isName = true;
            } else {
                branches.computeIfAbsent(name.codePointAt(depth), _ -> new TreeSet<>()).add(name);
            }
        }
        var options = new ArrayList<Expression>();
        if (!isName) {
            options.add(Expression.NOTHING);
        }
        CodePoints taken = CodePoints.NONE;
        for (var branch : branches.entrySet()) {
            int next = branch.getKey();
            taken = taken.or(CodePoints.range(next, next));
            options.add(sequence(character(CodePoints.range(next, next)),
                    otherThan(branch.getValue(), depth + Character.charCount(next))));
        }
        Expression rest = anyNumber(CHARACTER);
        options.add(sequence(new OneOf(ESCAPED.or(taken).not()), rest));
        List<Integer> unescaped = SHORT_ESCAPES.keySet().stream().filter(c -> !branches.containsKey(c)).sorted()
                .toList();
        unescaped.forEach(c -> options.add(sequence(text(SHORT_ESCAPES.get(c)), rest)));
        return choice(options);
    }
}
