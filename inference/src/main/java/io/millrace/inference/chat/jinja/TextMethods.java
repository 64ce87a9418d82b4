package io.millrace.inference.chat.jinja;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/** The methods of texts, such as {@code content.strip()}. */
final class TextMethods {
    private interface Method {
        Object call(String text, Arguments arguments);
    }

    private static final Map<String, Method> METHODS = Map.ofEntries(
            entry("strip", (text, a) -> Texts.strip(text, a.get(0, "chars", null), true, true)),
            entry("lstrip", (text, a) -> Texts.strip(text, a.get(0, "chars", null), true, false)),
            entry("rstrip", (text, a) -> Texts.strip(text, a.get(0, "chars", null), false, true)),
            entry("split", (text, a) -> Texts.split(text, a.get(0, "sep", null), a.integer(1, "maxsplit", -1))),
            entry("rsplit", (text, a) -> Texts.splitFromRight(text, a.text(0, "sep"), a.integer(1, "maxsplit", -1))),
            entry("splitlines", (text, a) -> lines(text)), entry("startswith", TextMethods::startsWith),
            entry("endswith", TextMethods::endsWith), entry("upper", (text, a) -> Texts.upper(text)),
            entry("lower", (text, a) -> Texts.lower(text)), entry("title", (text, a) -> Texts.title(text)),
            entry("capitalize", (text, a) -> Texts.capitalize(text)),
            entry("replace",
                    (text, a) -> Texts.replace(text, a.text(0, "old"), a.text(1, "new"), a.integer(2, "count", -1))),
            entry("find", (text, a) -> find(text, a.text(0, "sub"), false)),
            entry("rfind", (text, a) -> find(text, a.text(0, "sub"), true)), entry("count", TextMethods::count),
            entry("join", (text, a) -> Texts.join(Values.iterate(a.required(0, "iterable")), text)),
            entry("removeprefix", TextMethods::removePrefix), entry("removesuffix", TextMethods::removeSuffix),
            entry("isdigit", (text, a) -> all(text, Character::isDigit)),
            entry("isalpha", (text, a) -> all(text, Character::isLetter)),
            entry("isalnum", (text, a) -> all(text, Character::isLetterOrDigit)),
            entry("isspace", (text, a) -> all(text, Texts::isSpace)),
            entry("isupper", (text, a) -> isUpper(text)), entry("islower", (text, a) -> isLower(text)));

    private TextMethods() {}

    /** The method of that name, bound to a text; null if there is none. */
    static Function find(String text, String name) {
        Method method = METHODS.get(name);
        return method == null ? null : arguments -> method.call(text, arguments);
    }

    private static List<Object> lines(String text) {
        String unified = Texts.replace(Texts.replace(text, "\r\n", "\n", -1), "\r", "\n", -1);
        List<Object> lines = Texts.split(unified, "\n", -1);
        return ((String) lines.getLast()).isEmpty() ? lines.subList(0, lines.size() - 1) : lines;
    }

    private static Object startsWith(String text, Arguments arguments) {
        String plain = Untrusted.plain(text);
        return candidates(arguments.required(0, "prefix")).stream()
                .anyMatch(prefix -> plain.startsWith(Untrusted.plain(Values.requireText(prefix))));
    }

    private static Object endsWith(String text, Arguments arguments) {
        String plain = Untrusted.plain(text);
        return candidates(arguments.required(0, "suffix")).stream()
                .anyMatch(suffix -> plain.endsWith(Untrusted.plain(Values.requireText(suffix))));
    }

    private static List<Object> candidates(Object oneOrTuple) {
        return oneOrTuple instanceof Tuple tuple ? tuple.items() : List.of(Values.requireText(oneOrTuple));
    }

    private static Object find(String text, String wanted, boolean last) {
        String plain = Untrusted.plain(text);
        String sought = Untrusted.plain(wanted);
        int index = last ? Texts.lastIndexOf(plain, sought, plain.length()) : Texts.indexOf(plain, sought, 0);
        return index < 0 ? -1L : (long) plain.codePointCount(0, index);
    }

    private static Object count(String text, Arguments arguments) {
        return (long) Texts.split(text, arguments.text(0, "sub"), -1).size() - 1;
    }

    private static Object removePrefix(String text, Arguments arguments) {
        String prefix = arguments.text(0, "prefix");
        return Untrusted.plain(text).startsWith(Untrusted.plain(prefix)) ? text.substring(prefix.length()) : text;
    }

    private static Object removeSuffix(String text, Arguments arguments) {
        String suffix = arguments.text(0, "suffix");
        return Untrusted.plain(text).endsWith(Untrusted.plain(suffix))
                ? text.substring(0, text.length() - suffix.length())
                : text;
    }

    private static boolean all(String text, IntPredicate predicate) {
        return !text.isEmpty() && Untrusted.plain(text).codePoints().allMatch(predicate);
    }

    static boolean isUpper(String text) {
        String plain = Untrusted.plain(text);
        return plain.codePoints().anyMatch(Character::isUpperCase)
                && plain.codePoints().noneMatch(Character::isLowerCase);
    }

    static boolean isLower(String text) {
        String plain = Untrusted.plain(text);
        return plain.codePoints().anyMatch(Character::isLowerCase)
                && plain.codePoints().noneMatch(Character::isUpperCase);
    }
}
