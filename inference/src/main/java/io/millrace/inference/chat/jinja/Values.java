package io.millrace.inference.chat.jinja;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Python's view of values. They are null for {@code None}, {@link Boolean}, {@link Long}, {@link Double}, {@link String},
 * {@link List}, {@link Tuple}, {@link Dict}, {@link Namespace}, {@link Function} and {@link Undefined}.
 */
final class Values {
    private static final int MAX_ITEMS = 1 << 20;

    private Values() {}

    /** A value from Java: maps, collections, texts, numbers, flags and null, nested as one likes. */
    static Object fromJava(Object value) {
        return switch (value) {
            case null -> null;
            case Boolean flag -> flag;
            case String text -> text;
            case Double number -> number;
            case Float number -> number.doubleValue();
            case BigDecimal number -> number.doubleValue();
            case BigInteger number when number.bitLength() >= Long.SIZE -> number.doubleValue();
            case Number number -> number.longValue();
            case Map<?, ?> map -> {
                Dict dict = new Dict();
                map.forEach((key, element) -> dict.put(fromJava(key), fromJava(element)));
                yield dict;
            }
            case Collection<?> items -> list(items.stream().map(Values::fromJava).toArray());
            default -> throw new IllegalArgumentException("a template cannot see a " + value.getClass().getName());
        };
    }

    static List<Object> list(Object... items) {
        return Collections.unmodifiableList(Arrays.asList(items));
    }

    static Tuple tuple(Object... items) {
        return new Tuple(list(items));
    }

    static boolean isTrue(Object value) {
        return switch (value) {
            case null -> false;
            case Undefined undefined -> false;
            case Boolean flag -> flag;
            case Long number -> number != 0;
            case Double number -> number != 0;
            case String text -> !text.isEmpty();
            case List<?> items -> !items.isEmpty();
            case Tuple tuple -> !tuple.items().isEmpty();
            case Dict dict -> dict.size() > 0;
            default -> true;
        };
    }

    static boolean areEqual(Object left, Object right) {
        Canonical canonical = new Canonical();
        return canonical.convert(left).equals(canonical.convert(right));
    }

    static int compare(Object left, Object right) {
        if (isNumber(left) && isNumber(right)) {
            return left instanceof Long a && right instanceof Long b
                    ? Long.compare(a, b)
                    : Double.compare(number(left), number(right));
        }
        if (left instanceof String a && right instanceof String b) {
            return Untrusted.plain(a).compareTo(Untrusted.plain(b));
        }
        throw new JinjaException("cannot compare " + describe(left) + " with " + describe(right));
    }

    /** Booleans are numbers in Python. */
    static boolean isNumber(Object value) {
        return value instanceof Long || value instanceof Double || value instanceof Boolean;
    }

    static double number(Object value) {
        return switch (value) {
            case Long number -> number;
            case Double number -> number;
            case Boolean flag -> flag ? 1 : 0;
            case null, default -> throw new JinjaException("expected a number, found " + describe(value));
        };
    }

    static long requireLong(Object value) {
        return value instanceof Boolean flag ? flag ? 1 : 0 : (Long) value;
    }

    static List<Object> iterate(Object value) {
        return switch (value) {
            case List<?> items -> Collections.unmodifiableList(items);
            case Tuple tuple -> tuple.items();
            case Dict dict -> dict.keys();
            case String text -> characters(text);
            case Undefined undefined -> List.of();
            case null, default -> throw new JinjaException(describe(value) + " cannot be looped over");
        };
    }

    private static List<Object> characters(String text) {
        requireItems(text.length());
        List<Object> characters = new ArrayList<>();
        text.codePoints().forEach(c -> characters.add(Character.toString(c)));
        return characters;
    }

    static void requireItems(long count) {
        if (count > MAX_ITEMS) {
            throw new JinjaException("a list of " + count + " elements is too long");
        }
    }

    static int length(Object value) {
        return switch (value) {
            case String text -> text.codePointCount(0, text.length());
            case Dict dict -> dict.size();
            case null, default -> iterate(value).size();
        };
    }

    static String requireText(Object value) {
        if (value instanceof String text) {
            return text;
        }
        throw new JinjaException("expected a text, found " + describe(value));
    }

    static int requireInt(Object value) {
        if (value instanceof Boolean flag) {
            return flag ? 1 : 0;
        }
        if (value instanceof Long number) {
            // indices and counts beyond what fits are as good as the largest that does
            return Math.clamp(number, -Integer.MAX_VALUE, Integer.MAX_VALUE);
        }
        throw new JinjaException("expected an integer, found " + describe(value));
    }

    /** For messages. */
    static String describe(Object value) {
        return switch (value) {
            case null -> "none";
            case Undefined undefined -> "\"" + Untrusted.plain(undefined.name()) + "\", which is undefined";
            case Boolean flag -> "a boolean";
            case Long number -> "an integer";
            case Double number -> "a float";
            case String text -> "a text";
            case List<?> items -> "a list";
            case Tuple tuple -> "a tuple";
            case Dict dict -> "a mapping";
            case Namespace namespace -> "a namespace";
            default -> "a function";
        };
    }
}
