package io.millrace.inference.chat.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What is inside a value: attributes, elements, slices. */
final class Elements {
    private Elements() {}

    /** {@code value.name}: a method if there is one of that name, else the element. */
    static Object attribute(Object value, String name) {
        if (value instanceof Undefined) {
            throw new JinjaException(Values.describe(value) + ", has no attribute \"" + name + "\"");
        }
        Object method = method(value, name);
        if (method != null) {
            return method;
        }
        return switch (value) {
            case Dict dict -> dict.get(name, new Undefined(name));
            case Namespace namespace -> namespace.get(name);
            case null, default -> new Undefined(name);
        };
    }

    private static Function method(Object value, String name) {
        return switch (value) {
            case String text -> TextMethods.find(text, name);
            case Dict dict -> method(dict, name);
            case null, default -> null;
        };
    }

    private static Function method(Dict dict, String name) {
        return switch (name) {
            case "items" -> arguments -> dict.items();
            case "keys" -> arguments -> dict.keys();
            case "values" -> arguments -> dict.values();
            case "get" -> arguments -> dict.get(arguments.required(0, "key"), arguments.get(1, "default", null));
            default -> null;
        };
    }

    /** {@code value[index]}. */
    static Object element(Object value, Object index) {
        if (value instanceof Undefined) {
            throw new JinjaException(Values.describe(value) + ", has no elements");
        }
        if (value instanceof Dict dict) {
            return dict.has(index) || !(index instanceof String name)
                    ? dict.get(index, new Undefined(Printer.text(index)))
                    : attribute(dict, Untrusted.plain(name));
        }
        if (index instanceof String name) {
            return attribute(value, Untrusted.plain(name));
        }
        if (!(value instanceof String) && !(value instanceof List) && !(value instanceof Tuple)) {
            return new Undefined(Printer.text(index));
        }
        int length = Values.length(value);
        int position = Values.requireInt(index);
        position = position < 0 ? position + length : position;
        if (position < 0 || position >= length) {
            return new Undefined(Printer.text(index));
        }
        return value instanceof String text
                ? Texts.range(text, position, position + 1)
                : Values.iterate(value).get(position);
    }

    /** {@code value[from:to:step]}; parts may be null. */
    static Object slice(Object value, Object from, Object to, Object step) {
        int stride = step == null ? 1 : Values.requireInt(step);
        if (stride == 0) {
            throw new JinjaException("a slice's step must not be 0");
        }
        int length = Values.length(value);
        int start = bound(from, length, stride, stride > 0 ? 0 : length - 1);
        int end = bound(to, length, stride, stride > 0 ? length : -1);
        if (value instanceof String text && stride == 1) {
            return Texts.range(text, start, end);
        }
        Values.requireItems(length);
        List<Integer> indices = new ArrayList<>();
        for (long i = start; stride > 0 ? i < end : i > end; i += stride) {
            indices.add((int) i);
        }
        if (value instanceof String text) {
            return Texts.pick(text, indices);
        }
        List<Object> items = Values.iterate(value);
        List<Object> result = new ArrayList<>(indices.size());
        indices.forEach(i -> result.add(items.get(i)));
        return value instanceof Tuple
                ? new Tuple(Collections.unmodifiableList(result))
                : Collections.unmodifiableList(result);
    }

    private static int bound(Object index, int length, int stride, int otherwise) {
        if (index == null) {
            return otherwise;
        }
        int given = Values.requireInt(index);
        int position = given < 0 ? given + length : given;
        return stride > 0 ? Math.clamp(position, 0, length) : Math.clamp(position, -1, length - 1);
    }
}
