package io.millrace.inference.chat.jinja;

import static java.util.Map.entry;

import java.util.List;
import java.util.Map;

/** Jinja's tests: what may follow {@code is}. */
final class Checks {
    private interface Check {
        boolean holds(Object value, Arguments arguments);
    }

    private static final Map<String, Check> CHECKS = Map.ofEntries(
            entry("defined", (v, a) -> !(v instanceof Undefined)), entry("undefined", (v, a) -> v instanceof Undefined),
            entry("none", (v, a) -> v == null), entry("boolean", (v, a) -> v instanceof Boolean),
            entry("true", (v, a) -> Boolean.TRUE.equals(v)), entry("false", (v, a) -> Boolean.FALSE.equals(v)),
            entry("integer", (v, a) -> v instanceof Long), entry("float", (v, a) -> v instanceof Double),
            entry("number", (v, a) -> Values.isNumber(v)), entry("string", (v, a) -> v instanceof String),
            entry("mapping", (v, a) -> v instanceof Dict), entry("iterable", (v, a) -> isIterable(v)),
            entry("sequence", (v, a) -> isIterable(v)), entry("callable", (v, a) -> v instanceof Function),
            entry("filter", (v, a) -> Filters.has(Values.requireText(v))),
            entry("test", (v, a) -> has(Values.requireText(v))),
            entry("odd", (v, a) -> Values.areEqual(Operators.apply("%", v, 2L), 1L)),
            entry("even", (v, a) -> Values.areEqual(Operators.apply("%", v, 2L), 0L)),
            entry("divisibleby", (v, a) -> Values.areEqual(Operators.apply("%", v, a.required(0, "num")), 0L)),
            entry("lower", (v, a) -> TextMethods.isLower(Printer.text(v))),
            entry("upper", (v, a) -> TextMethods.isUpper(Printer.text(v))),
            entry("in", (v, a) -> Operators.contains(a.required(0, "seq"), v)), operator("eq", "=="),
            operator("equalto", "=="), operator("sameas", "=="), operator("ne", "!="), operator("lt", "<"),
            operator("lessthan", "<"), operator("le", "<="), operator("gt", ">"), operator("greaterthan", ">"),
            operator("ge", ">="));

    private Checks() {}

    private static Map.Entry<String, Check> operator(String name, String operator) {
        return entry(name, (v, a) -> Values.isTrue(Operators.apply(operator, v, a.required(0, "other"))));
    }

    private static boolean isIterable(Object value) {
        return value instanceof String || value instanceof List || value instanceof Tuple || value instanceof Dict
                || value instanceof Undefined;
    }

    static boolean has(String name) {
        return CHECKS.containsKey(Untrusted.plain(name));
    }

    static boolean holds(String name, Object value, Arguments arguments) {
        Check check = CHECKS.get(Untrusted.plain(name));
        if (check == null) {
            throw new JinjaException("there is no test \"" + Untrusted.plain(name) + "\"");
        }
        return check.holds(value, arguments);
    }
}
