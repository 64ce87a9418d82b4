package io.millrace.inference.chat.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;

/** The operators between two values that are both evaluated. */
final class Operators {
    private Operators() {}

    static Object apply(String operator, Object left, Object right) {
        return switch (operator) {
            case "==" -> Values.areEqual(left, right);
            case "!=" -> !Values.areEqual(left, right);
            case "<" -> Values.compare(left, right) < 0;
            case "<=" -> Values.compare(left, right) <= 0;
            case ">" -> Values.compare(left, right) > 0;
            case ">=" -> Values.compare(left, right) >= 0;
            case "in" -> contains(right, left);
            case "not in" -> !contains(right, left);
            case "~" -> new TextBuilder().append(Printer.text(left)).append(Printer.text(right)).toString();
            case "+" -> plus(left, right);
            case "*" -> times(left, right);
            default -> arithmetic(operator, left, right);
        };
    }

    static boolean contains(Object container, Object element) {
        return switch (container) {
            case String text ->
                Texts.indexOf(Untrusted.plain(text), Untrusted.plain(Values.requireText(element)), 0) >= 0;
            case Dict dict -> dict.has(element);
            case null, default -> {
                Canonical canonical = new Canonical();
                Object wanted = canonical.convert(element);
                yield Values.iterate(container).stream().anyMatch(item -> canonical.convert(item).equals(wanted));
            }
        };
    }

    private static Object plus(Object left, Object right) {
        if (left instanceof String a && right instanceof String b) {
            return new TextBuilder().append(a).append(b).toString();
        }
        if (left instanceof List<?> a && right instanceof List<?> b) {
            return joined(a, b);
        }
        if (left instanceof Tuple(var a) && right instanceof Tuple(var b)) {
            return new Tuple(joined(a, b));
        }
        return arithmetic("+", left, right);
    }

    private static List<Object> joined(List<?> left, List<?> right) {
        Values.requireItems((long) left.size() + right.size());
        List<Object> result = new ArrayList<>(left);
        result.addAll(right);
        return Collections.unmodifiableList(result);
    }

    private static Object times(Object left, Object right) {
        if (left instanceof Long && (right instanceof String || right instanceof List<?>)) {
            return times(right, left);
        }
        if (left instanceof String text && right instanceof Long) {
            return new TextBuilder().append(text, Values.requireInt(right)).toString();
        }
        if (left instanceof List<?> items && right instanceof Long) {
            int times = Math.max(0, Values.requireInt(right));
            Values.requireItems((long) items.size() * times);
            List<Object> result = new ArrayList<>();
            for (int i = 0; i < times && !items.isEmpty(); i++) {
                result.addAll(items);
            }
            return Collections.unmodifiableList(result);
        }
        return arithmetic("*", left, right);
    }

    private static Object arithmetic(String operator, Object left, Object right) {
        if (!Values.isNumber(left) || !Values.isNumber(right)) {
            throw new JinjaException(
                    "cannot apply \"" + operator + "\" to " + Values.describe(left) + " and " + Values.describe(right));
        }
        boolean divides = operator.equals("/") || operator.equals("//") || operator.equals("%");
        if (divides && Values.number(right) == 0) {
            throw new JinjaException("division by zero");
        }
        boolean integers = !(left instanceof Double) && !(right instanceof Double) && !operator.equals("/");
        boolean fraction = operator.equals("**") && Values.number(right) < 0;
        return integers && !fraction
                ? (Object) integer(operator, Values.requireLong(left), Values.requireLong(right))
                : (Object) floating(operator, Values.number(left), Values.number(right));
    }

    private static long integer(String operator, long a, long b) {
        try {
            return switch (operator) {
                case "+" -> Math.addExact(a, b);
                case "-" -> Math.subtractExact(a, b);
                case "*" -> Math.multiplyExact(a, b);
                case "//" -> Math.floorDivExact(a, b);
                case "%" -> Math.floorMod(a, b);
                default -> Math.powExact(a, (int) Math.min(b, Integer.MAX_VALUE));
            };
        } catch (ArithmeticException e) {
            throw new JinjaException("the result of \"" + operator + "\" does not fit 64 bits: "
                    + Objects.requireNonNullElse(e.getMessage(), ""));
        }
    }

    private static double floating(String operator, double a, double b) {
        return switch (operator) {
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> a / b;
            case "//" -> Math.floor(a / b);
            case "%" -> a - b * Math.floor(a / b);
            default -> Math.pow(a, b);
        };
    }
}
