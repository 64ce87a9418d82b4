package io.millrace.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The fields of one JSON object, read by name and type. A getter answers null for a field that is not given; a JSON
 * null is a value of the wrong type, unless {@link #withNullAsAbsent()}. What was asked for is what is known: {@link #refuseOthers()} refuses the rest. For
 * one thread.
 */
final class Fields {
    private final String path;
    private final ObjectNode object;
    private final boolean nullIsAbsent;
    private final Set<String> known = new LinkedHashSet<>();

    /**
     * Reads from one object.
     *
     * @param path what stands before each name in messages, such as {@code messages[2].}; may be empty
     */
    Fields(String path, ObjectNode object) {
        this(path, object, false);
    }

    private Fields(String path, ObjectNode object, boolean nullIsAbsent) {
        this.path = path;
        this.object = object;
        this.nullIsAbsent = nullIsAbsent;
    }

    /** The same fields, for writers to whom a JSON null means that nothing is given; so do the objects in them. */
    Fields withNullAsAbsent() {
        return new Fields(path, object, true);
    }

    /** The field as it stands, whatever its type. */
    JsonNode any(String name) {
        known.add(name);
        JsonNode node = object.get(name);
        return nullIsAbsent && node != null && node.isNull() ? null : node;
    }

    /** The field as it stands, but not a JSON null. */
    JsonNode value(String name) {
        JsonNode node = any(name);
        if (node != null && node.isNull()) {
            throw wrong(name, "a value", node);
        }
        return node;
    }

    String text(String name) {
        JsonNode node = any(name);
        if (node != null && !node.isTextual()) {
            throw wrong(name, "a string", node);
        }
        return node == null ? null : node.textValue();
    }

    Double number(String name) {
        JsonNode node = any(name);
        if (node != null && !node.isNumber()) {
            throw wrong(name, "a number", node);
        }
        return node == null ? null : node.doubleValue();
    }

    Integer integer(String name) {
        Long value = whole(name, Integer.MIN_VALUE, Integer.MAX_VALUE);
        return value == null ? null : value.intValue();
    }

    Long longInteger(String name) {
        return whole(name, Long.MIN_VALUE, Long.MAX_VALUE);
    }

    /** An array of whole numbers from 0 on. */
    List<Integer> integers(String name) {
        List<JsonNode> elements = array(name);
        if (elements == null) {
            return null;
        }
        List<Integer> result = new ArrayList<>(elements.size());
        for (JsonNode element : elements) {
            result.add(whole(name + "[" + result.size() + "]", element, 0, Integer.MAX_VALUE).intValue());
        }
        return result;
    }

    /** An array of arrays of whole numbers from 0 on. */
    List<List<Integer>> integerLists(String name) {
        List<List<Integer>> lists = new ArrayList<>();
        for (JsonNode list : array(name)) {
            String place = name + "[" + lists.size() + "]";
            if (!list.isArray()) {
                throw wrong(place, "an array", list);
            }
            List<Integer> numbers = new ArrayList<>(list.size());
            for (JsonNode element : list) {
                numbers.add(whole(place + "[" + numbers.size() + "]", element, 0, Integer.MAX_VALUE).intValue());
            }
            lists.add(numbers);
        }
        return lists;
    }

    JsonNode object(String name) {
        JsonNode node = any(name);
        if (node != null && !node.isObject()) {
            throw wrong(name, "an object", node);
        }
        return node;
    }

    List<JsonNode> array(String name) {
        JsonNode node = any(name);
        if (node != null && !node.isArray()) {
            throw wrong(name, "an array", node);
        }
        return node == null ? null : elements(node);
    }

    /** An array of objects, each as fields of its own. */
    List<Fields> objects(String name) {
        List<JsonNode> elements = array(name);
        if (elements == null) {
            return null;
        }
        List<Fields> result = new ArrayList<>(elements.size());
        for (int i = 0; i < elements.size(); i++) {
            String place = name + "[" + i + "]";
            if (!(elements.get(i) instanceof ObjectNode element)) {
                throw wrong(place, "an object", elements.get(i));
            }
            result.add(new Fields(path + place + ".", element, nullIsAbsent));
        }
        return result;
    }

    /** One string, or an array of strings. */
    List<String> texts(String name) {
        JsonNode node = any(name);
        if (node == null) {
            return null;
        }
        if (node.isTextual()) {
            return List.of(node.textValue());
        }
        if (!node.isArray()) {
            throw wrong(name, "a string or an array of strings", node);
        }
        List<String> result = new ArrayList<>(node.size());
        for (JsonNode element : node) {
            if (!element.isTextual()) {
                throw wrong(name + "[" + result.size() + "]", "a string", element);
            }
            result.add(element.textValue());
        }
        return result;
    }

    Fields requiredFields(String name) {
        return new Fields(path + name + ".", (ObjectNode) required(name, object(name)), nullIsAbsent);
    }

    String requiredText(String name) {
        return required(name, text(name));
    }

    int requiredInteger(String name) {
        return required(name, integer(name));
    }

    double requiredNumber(String name) {
        return required(name, number(name));
    }

    <T> T required(String name, T value) {
        if (value == null) {
            throw new InvalidPromptException(ErrorCode.INVALID_PROMPT, path + name,
                    "the field " + path + name + " is missing");
        }
        return value;
    }

    /** Refuses the first field nobody asked for, with the known name that is nearest to it. */
    void refuseOthers() {
        for (Iterator<String> names = object.fieldNames(); names.hasNext();) {
            String name = names.next();
            if (!known.contains(name)) {
                throw new InvalidPromptException(ErrorCode.INVALID_PROMPT, Excerpt.shorten(path + name),
                        "unknown field " + Excerpt.quoted(path + name) + "; " + Suggestion.text(name, known));
            }
        }
    }

    InvalidPromptException wrong(String name, String expected, JsonNode found) {
        String advice = found.isNull() ? "; leave it out if it is not given" : "";
        return new InvalidPromptException(ErrorCode.INVALID_PROMPT, path + name,
                path + name + " must be " + expected + ", not " + Excerpt.of(found) + advice);
    }

    /**
     * Refuses what cannot be done, rather than to pass over it.
     *
     * @param harmless tells values that ask for nothing
     */
    void refuseUnless(String name, Predicate<JsonNode> harmless) {
        JsonNode node = any(name);
        if (node != null && !harmless.test(node)) {
            throw new InvalidPromptException(ErrorCode.NOT_SUPPORTED, path + name,
                    path + name + " is not supported; leave it out");
        }
    }

    /** For {@link #refuseUnless}: a flag that is off. */
    static boolean isFalse(JsonNode node) {
        return node.isBoolean() && !node.booleanValue();
    }

    Boolean flag(String name) {
        JsonNode node = any(name);
        if (node != null && !node.isBoolean()) {
            throw wrong(name, "true or false", node);
        }
        return node == null ? null : node.booleanValue();
    }

    /** As in JSON Schema, {@code 5}, {@code 5.0} and {@code 5e0} are the same whole number. */
    private Long whole(String name, long low, long high) {
        JsonNode node = any(name);
        return node == null ? null : whole(name, node, low, high);
    }

    private Long whole(String name, JsonNode node, long low, long high) {
        if (!node.isNumber()) {
            throw wrong(name, "a whole number", node);
        }
        BigDecimal value = node.decimalValue();
        if (!isWhole(value)) {
            throw wrong(name, "a whole number", node);
        }
        if (value.compareTo(BigDecimal.valueOf(low)) < 0 || value.compareTo(BigDecimal.valueOf(high)) > 0) {
            throw wrong(name, "a whole number from " + low + " to " + high, node);
        }
        return value.longValueExact();
    }

    /** Numbers are within a double's range here, yet may have a scale such as 999999999, which must cost nothing. */
    private static boolean isWhole(BigDecimal value) {
        if (value.signum() == 0 || value.scale() <= 0) {
            return true;
        }
        return value.precision() > value.scale() && value.stripTrailingZeros().scale() <= 0;
    }

    private static List<JsonNode> elements(JsonNode array) {
        List<JsonNode> elements = new ArrayList<>(array.size());
        array.forEach(elements::add);
        return elements;
    }
}
