package io.millrace.inference.chat.jinja;

import java.util.List;
import java.util.Map;

/** The values passed to a function, filter or test, and what it may spend. */
record Arguments(List<Object> positional, Map<String, Object> named, Budget budget) {
    boolean has(int index, String name) {
        return index < positional.size() || named.containsKey(name);
    }

    /** The argument at a position or of a name; {@code otherwise} if there is none. */
    Object get(int index, String name, Object otherwise) {
        if (index < positional.size()) {
            return positional.get(index);
        }
        return named.containsKey(name) ? named.get(name) : otherwise;
    }

    Object required(int index, String name) {
        if (!has(index, name)) {
            throw new JinjaException("the argument \"" + name + "\" is missing");
        }
        return get(index, name, null);
    }

    String text(int index, String name) {
        return Values.requireText(required(index, name));
    }

    String text(int index, String name, String otherwise) {
        return Values.requireText(get(index, name, otherwise));
    }

    int integer(int index, String name, int otherwise) {
        return Values.requireInt(get(index, name, (long) otherwise));
    }

    boolean flag(int index, String name) {
        return Values.isTrue(get(index, name, false));
    }

    /** All but the first positional arguments. */
    Arguments withoutFirst() {
        return new Arguments(positional.subList(1, positional.size()), named, budget);
    }
}
