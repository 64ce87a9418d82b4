package io.millrace.inference.chat.jinja;

import java.util.ArrayList;
import java.util.List;

/**
 * Turns values into objects by whose {@code equals} and {@code hashCode} they are equal as in Python. Bounded in what it
 * looks at altogether: a list may hold itself many times over, at many levels.
 */
final class Canonical {
    private static final int MAX_SIZE = TextBuilder.MAX_LENGTH;

    private enum None {
        NONE
    }

    private record OfTuple(List<Object> items) {}

    private int size;

    static Object of(Object value) {
        return new Canonical().convert(value);
    }

    Object convert(Object value) {
        grow(1);
        return switch (value) {
            case null -> None.NONE;
            case Boolean flag -> flag ? 1L : 0L;
            case Double number when number == Math.rint(number) && Math.abs(number) < 1L << 53 -> number.longValue();
            case String text -> {
                grow(text.length());
                yield Untrusted.plain(text);
            }
            case List<?> items -> items(items);
            case Tuple tuple -> new OfTuple(items(tuple.items()));
            case Dict dict -> dict.canonical(this);
            default -> value;
        };
    }

    private List<Object> items(List<?> items) {
        List<Object> result = new ArrayList<>(items.size());
        items.forEach(item -> result.add(convert(item)));
        return result;
    }

    private void grow(int by) {
        size += by;
        if (size > MAX_SIZE) {
            throw new JinjaException("values too large to be compared");
        }
    }
}
