package io.millrace.inference.chat.jinja;

import java.util.HashMap;
import java.util.Map;

/** What {@code namespace()} makes: the one value that a template can change, from inside loops too. */
final class Namespace {
    private final Map<String, Object> attributes = new HashMap<>();

    Object get(String name) {
        return attributes.containsKey(name) ? attributes.get(name) : new Undefined(name);
    }

    void set(String name, Object value) {
        attributes.put(name, value);
    }
}
