package io.millrace.inference.grammar;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One schema of a document.
 *
 * @param json an object, or true or false
 * @param place in the document, for messages: a JSON Pointer behind {@code #}
 */
record JsonSchema(JsonNode json, String place) {
    /** Keywords that say nothing about which values are valid, or where to find them. */
    private static final Set<String> ANNOTATIONS = Set.of("title", "description", "default", "examples", "$schema",
            "$id", "$comment", "$defs", "definitions", "$anchor", "deprecated", "readOnly", "writeOnly", "name",
            "strict");
    private static final Map<String, List<String>> KEYWORDS = Map.of(
            "object", List.of("properties", "required", "additionalProperties"),
            "array", List.of("items", "prefixItems", "minItems", "maxItems"),
            "string", List.of("minLength", "maxLength", "pattern", "format"),
            "integer", List.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
            "number", List.of(), "boolean", List.of(), "null", List.of());

    static String[] keywordsOf(String type) {
        var keywords = new ArrayList<>(KEYWORDS.getOrDefault(type, List.of()));
        keywords.add("type");
        return keywords.toArray(String[]::new);
    }

    boolean isObject() {
        return json.isObject();
    }

    boolean isEmpty() {
        return json.isEmpty();
    }

    boolean isTrue() {
        return json.isBoolean() && json.booleanValue();
    }

    boolean isFalse() {
        return json.isBoolean() && !json.booleanValue();
    }

    boolean has(String keyword) {
        return json.has(keyword);
    }

    void requireObject() {
        if (!isObject()) {
            throw wrong(isFalse() ? "false lets nothing be valid" : "a schema must be an object, not " + json);
        }
    }

    /**
     * Makes sure that nothing is passed over that a value would have to keep.
     *
     * @throws GrammarException if there is another keyword
     */
    void allowOnly(String... keywords) {
        var known = Set.of(keywords);
        json.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name) && !ANNOTATIONS.contains(name)) {
                throw wrong("the keyword '" + name + "' is not supported here");
            }
        });
    }

    JsonNode node(String keyword) {
        return json.get(keyword);
    }

    String text(String keyword) {
        if (!json.get(keyword).isTextual()) {
            throw wrong("'" + keyword + "' must be a string");
        }
        return json.get(keyword).textValue();
    }

    /** A number of things, or what stands for none. */
    int count(String keyword, int otherwise) {
        JsonNode value = json.get(keyword);
        if (value == null) {
            return otherwise;
        }
        if (!value.canConvertToExactIntegral() || !value.canConvertToInt() || value.intValue() < 0) {
            throw wrong("'" + keyword + "' must be a number from 0, not " + value);
        }
        return value.intValue();
    }

    void requireOrdered(String leastKeyword, int least, String mostKeyword, int most) {
        if (most >= 0 && most < least) {
            throw wrong("'" + mostKeyword + "' is below '" + leastKeyword + "'");
        }
    }

    List<JsonNode> elements(String keyword) {
        JsonNode array = json.get(keyword);
        if (!array.isArray() || array.isEmpty()) {
            throw wrong("'" + keyword + "' must be an array that is not empty");
        }
        var elements = new ArrayList<JsonNode>();
        array.forEach(elements::add);
        return elements;
    }

    List<JsonSchema> children(String keyword) {
        var children = new ArrayList<JsonSchema>();
        for (JsonNode element : elements(keyword)) {
            children.add(new JsonSchema(element, place + "/" + keyword + "/" + children.size()));
        }
        return children;
    }

    /** Null if there is none. */
    JsonSchema child(String keyword) {
        return has(keyword) ? new JsonSchema(json.get(keyword), place + "/" + keyword) : null;
    }

    /** In their order. */
    Map<String, JsonSchema> properties() {
        Map<String, JsonSchema> properties = new LinkedHashMap<>();
        if (has("properties")) {
            child("properties").requireObject();
            json.get("properties").properties().forEach(property -> properties.put(property.getKey(),
                    new JsonSchema(property.getValue(), place + "/properties/" + property.getKey())));
        }
        return properties;
    }

    List<String> required() {
        if (!has("required")) {
            return List.of();
        }
        var names = new ArrayList<String>();
        json.get("required").forEach(name -> names.add(name.asText()));
        return names;
    }

    /** What is required but not described could be anything, anywhere. */
    void requireProperties() {
        for (String name : required()) {
            if (!properties().containsKey(name)) {
                throw wrong("'" + name + "' is required, but not among the properties");
            }
        }
    }

    /** The types a value may have; where none is named, what the keywords are for. */
    List<String> types() {
        JsonNode type = json.get("type");
        if (type != null && type.isArray() && !type.isEmpty()) {
            return elements("type").stream().map(JsonNode::asText).distinct().toList();
        }
        if (type != null) {
            return List.of(text("type"));
        }
        List<String> fitting = KEYWORDS.keySet().stream()
                .filter(name -> KEYWORDS.get(name).stream().anyMatch(this::has)).sorted().toList();
        if (fitting.isEmpty()) {
            allowOnly();
            return List.of("object", "array", "string", "number", "boolean", "null");
        }
        return fitting;
    }

    boolean hasBounds() {
        return KEYWORDS.get("integer").stream().anyMatch(this::has);
    }

    long lowerBound(long otherwise) {
        long bound = otherwise;
        if (has("minimum")) {
            bound = Math.max(bound, number("minimum").setScale(0, RoundingMode.CEILING).longValueExact());
        }
        if (has("exclusiveMinimum")) {
            bound = Math.max(bound, number("exclusiveMinimum").setScale(0, RoundingMode.FLOOR).longValueExact() + 1);
        }
        return bound;
    }

    long upperBound(long otherwise) {
        long bound = otherwise;
        if (has("maximum")) {
            bound = Math.min(bound, number("maximum").setScale(0, RoundingMode.FLOOR).longValueExact());
        }
        if (has("exclusiveMaximum")) {
            bound = Math.min(bound, number("exclusiveMaximum").setScale(0, RoundingMode.CEILING).longValueExact() - 1);
        }
        return bound;
    }

    private BigDecimal number(String keyword) {
        JsonNode value = json.get(keyword);
        if (!value.isNumber() || value.decimalValue().abs().compareTo(BigDecimal.valueOf(IntegerRange.LIMIT)) > 0) {
            throw wrong("'" + keyword + "' must be a number of at most 16 digits, not " + value);
        }
        return value.decimalValue();
    }

    /** What a local reference points at. */
    JsonSchema resolve(JsonNode document, String pointer) {
        if (!pointer.startsWith("#")) {
            throw wrong("'" + pointer + "' refers to another document, which is not fetched");
        }
        JsonNode target;
        try {
            target = document.at(pointer.substring(1));
        } catch (IllegalArgumentException e) {
            throw wrong("'" + pointer + "' is no JSON Pointer");
        }
        if (target.isMissingNode()) {
            throw wrong("'" + pointer + "' refers to nothing");
        }
        return new JsonSchema(target, pointer);
    }

    /** Adds this schema's keywords to another's. */
    void mergeInto(ObjectNode merged) {
        json.properties().forEach(keyword -> {
            String name = keyword.getKey();
            JsonNode there = merged.get(name);
            if (there == null || ANNOTATIONS.contains(name)) {
                merged.set(name, keyword.getValue().deepCopy());
            } else if ("properties".equals(name) && there instanceof ObjectNode properties) {
                keyword.getValue().properties().forEach(property -> {
                    JsonNode former = properties.replace(property.getKey(), property.getValue());
                    if (former != null && !former.equals(property.getValue())) {
                        throw wrong("allOf describes the property '" + property.getKey() + "' twice");
                    }
                });
            } else if ("required".equals(name) && there instanceof ArrayNode names) {
                keyword.getValue().forEach(names::add);
            } else if (!there.equals(keyword.getValue())) {
                throw wrong("allOf says two things about '" + name + "'");
            }
        });
    }

    GrammarException wrong(String problem) {
        return new GrammarException("the schema is wrong at " + place + ": " + problem);
    }
}
