package io.millrace.inference.chat.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Python's dictionary: in order of insertion; keys that are equal in Python (1, 1.0, True) are one. */
final class Dict {
    private record Entry(Object key, Object value) {}

    private final Map<Object, Entry> entries = new LinkedHashMap<>();

    /** Only while the dictionary is made; a key that is there already keeps its first spelling. */
    Dict put(Object key, Object value) {
        entries.merge(Canonical.of(key), new Entry(key, value), (old, now) -> new Entry(old.key, value));
        return this;
    }

    boolean has(Object key) {
        return entries.containsKey(Canonical.of(key));
    }

    Object get(Object key, Object otherwise) {
        Entry entry = entries.get(Canonical.of(key));
        return entry == null ? otherwise : entry.value;
    }

    int size() {
        return entries.size();
    }

    List<Object> keys() {
        List<Object> keys = new ArrayList<>();
        entries.values().forEach(entry -> keys.add(entry.key));
        return keys;
    }

    List<Object> values() {
        List<Object> values = new ArrayList<>();
        entries.values().forEach(entry -> values.add(entry.value));
        return values;
    }

    List<Object> items() {
        List<Object> items = new ArrayList<>();
        entries.values().forEach(entry -> items.add(Values.tuple(entry.key, entry.value)));
        return items;
    }

    /** What the dictionary is equal by. */
    Object canonical(Canonical canonical) {
        Map<Object, Object> result = LinkedHashMap.newLinkedHashMap(entries.size());
        entries.forEach((key, entry) -> result.put(key, canonical.convert(entry.value)));
        return result;
    }
}
