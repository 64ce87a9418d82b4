package io.millrace.inference.grammar;

import static io.millrace.inference.grammar.Expression.anyNumber;
import static io.millrace.inference.grammar.Expression.sequence;
import static io.millrace.inference.grammar.Expression.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.millrace.inference.grammar.Expression.Choice;
import io.millrace.inference.grammar.Expression.Repeat;
import io.millrace.inference.grammar.Expression.Rule;
import io.millrace.inference.grammar.Expression.Sequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads a JSON Schema into rules. A schema that is referred to is a rule of its own, so schemas may be recursive. */
final class JsonSchemaReader {
    private static final ObjectMapper MAPPER = new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final JsonNode document;
    /** What the names of this document's rules begin with. */
    private final String prefix;
    private final Map<String, Expression> rules;

    private JsonSchemaReader(JsonNode document, String prefix, Map<String, Expression> rules) {
        this.document = document;
        this.prefix = prefix;
        this.rules = rules;
    }

    /**
     * The rules, {@link Grammar#ROOT} among them.
     *
     * @throws GrammarException if the schema is wrong, or asks for what cannot be kept
     */
    static Map<String, Expression> read(String schema) {
        Map<String, Expression> rules = new HashMap<>(JsonText.rules());
        rules.put(Grammar.ROOT, add(schema, "", rules));
        return rules;
    }

    /**
     * Adds a schema's rules to others.
     *
     * @param prefix of their names, which no others have
     * @param rules {@link JsonText#rules} among them
     * @return what the whole document must look like
     * @throws GrammarException if the schema is wrong, or asks for what cannot be kept
     */
    static Expression add(String schema, String prefix, Map<String, Expression> rules) {
        JsonNode document;
        try {
            document = MAPPER.readTree(schema);
        } catch (JsonProcessingException e) {
            var at = e.getLocation();
            throw new GrammarException("the schema is no JSON" + (at == null
                    ? ""
                    : ": line " + at.getLineNr() + ", column " + at.getColumnNr()) + ": " + e.getOriginalMessage(), e);
        }
        if (!document.isObject() && !document.isBoolean()) {
            throw new GrammarException("the schema must be a JSON object");
        }
        var reader = new JsonSchemaReader(document, prefix, rules);
        Expression root = document.isObject() && document.isEmpty()
                ? JsonText.OBJECT
                : reader.expression(new JsonSchema(document, "#"));
        return reader.withoutLastSpace(root, new HashSet<>());
    }

    /** The document's last character is its end: a generation need not wait for white space behind it. */
    private Expression withoutLastSpace(Expression expression, Set<Rule> open) {
        return switch (expression) {
            case Rule rule when rule.equals(JsonText.SPACE) -> Expression.NOTHING;
            case Rule rule when open.add(rule) -> withoutLastSpace(rules.get(rule.name()), open);
            case Choice choice -> new Choice(choice.options().stream()
                    .map(option -> withoutLastSpace(option, new HashSet<>(open))).toList());
            case Sequence sequence when !sequence.parts().isEmpty() -> {
                var parts = new ArrayList<>(sequence.parts());
                parts.addLast(withoutLastSpace(parts.removeLast(), open));
                yield new Sequence(parts);
            }
            default -> expression;
        };
    }

    private Expression expression(JsonSchema schema) {
        if (schema.isTrue() || schema.isObject() && schema.isEmpty()) {
            return JsonText.ANY;
        }
        schema.requireObject();
        if (schema.has("$ref")) {
            return reference(schema);
        }
        if (schema.has("const")) {
            schema.allowOnly("const", "type");
            return literal(schema.node("const"));
        }
        if (schema.has("enum")) {
            schema.allowOnly("enum", "type");
            return Expression.choice(schema.elements("enum").stream().map(JsonSchemaReader::literal).toList());
        }
        for (String alternatives : List.of("anyOf", "oneOf")) {
            if (schema.has(alternatives)) {
                schema.allowOnly(alternatives, "type");
                return Expression.choice(schema.children(alternatives).stream().map(this::expression).toList());
            }
        }
        if (schema.has("allOf")) {
            return expression(merged(schema));
        }
        List<String> types = schema.types();
        return Expression.choice(types.stream().map(type -> typed(schema, type, types.size() > 1)).toList());
    }

    private static Expression literal(JsonNode value) {
        return sequence(text(value.toString()), JsonText.SPACE);
    }

    private Expression reference(JsonSchema schema) {
        schema.allowOnly("$ref");
        String pointer = schema.text("$ref");
        var rule = new Rule(prefix + "ref " + pointer);
        if (!rules.containsKey(rule.name())) {
            rules.put(rule.name(), Expression.NOTHING);
            rules.put(rule.name(), expression(schema.resolve(document, pointer)));
        }
        return rule;
    }

    /** All parts as one object schema; what two of them say differently is refused. */
    private JsonSchema merged(JsonSchema schema) {
        ObjectNode merged = MAPPER.createObjectNode();
        var rest = (ObjectNode) schema.json().deepCopy();
        rest.remove("allOf");
        var parts = new ArrayList<>(schema.children("allOf"));
        parts.add(new JsonSchema(rest, schema.place()));
        for (JsonSchema part : parts) {
            JsonSchema resolved = part;
            while (resolved.isObject() && resolved.has("$ref")) {
                resolved = resolved.resolve(document, resolved.text("$ref"));
            }
            if (!resolved.isTrue()) {
                resolved.requireObject();
                (resolved.has("allOf") ? merged(resolved) : resolved).mergeInto(merged);
            }
        }
        return new JsonSchema(merged, schema.place());
    }

    /** @param isOneOfSeveral whether the schema's other keywords may be for another type */
    private Expression typed(JsonSchema schema, String type, boolean isOneOfSeveral) {
        if (!isOneOfSeveral) {
            schema.allowOnly(JsonSchema.keywordsOf(type));
        }
        return switch (type) {
            case "object" -> object(schema);
            case "array" -> array(schema);
            case "string" -> string(schema);
            case "integer" -> integer(schema);
            case "number" -> JsonText.NUMBER;
            case "boolean" -> JsonText.BOOLEAN;
            case "null" -> JsonText.NULL;
            default -> throw schema.wrong("there is no type '" + type + "'");
        };
    }

    /** Members in the schema's order, those that are not required left out or not; then others, if the schema lets them be. */
    private Expression object(JsonSchema schema) {
        Map<String, JsonSchema> properties = schema.properties();
        JsonSchema additional = schema.child("additionalProperties");
        boolean anyOthers = additional == null ? properties.isEmpty() : !additional.isFalse();
        schema.requireProperties();
        List<String> required = schema.required();
        Expression others = anyOthers
                ? sequence(JsonText.stringOtherThan(properties.keySet()), JsonText.punctuation(":"),
                        additional == null ? JsonText.ANY : expression(additional))
                : null;
        Expression behindNone = others == null
                ? Expression.NOTHING
                : Expression.optional(sequence(others, anyNumber(JsonText.following(others))));
        Expression behindSome = others == null ? Expression.NOTHING : anyNumber(JsonText.following(others));
        for (var property : List.copyOf(properties.entrySet()).reversed()) {
            Expression member = sequence(literalKey(property.getKey()), expression(property.getValue()));
            boolean isRequired = required.contains(property.getKey());
            Expression rest = named(schema, behindSome);
            Expression first = sequence(member, rest);
            behindNone = isRequired ? first : Expression.choice(first, named(schema, behindNone));
            behindSome = isRequired
                    ? sequence(JsonText.following(member), rest)
                    : sequence(Expression.optional(JsonText.following(member)), rest);
        }
        return sequence(JsonText.punctuation("{"), behindNone, JsonText.punctuation("}"));
    }

    /** As a rule of its own, since it is used twice. */
    private Rule named(JsonSchema schema, Expression expression) {
        var rule = new Rule(prefix + "part " + rules.size() + " of " + schema.place());
        rules.put(rule.name(), expression);
        return rule;
    }

    private static Expression literalKey(String name) {
        return sequence(text(MAPPER.getNodeFactory().textNode(name).toString()), JsonText.SPACE,
                JsonText.punctuation(":"));
    }

    private Expression array(JsonSchema schema) {
        List<JsonSchema> leading = schema.has("prefixItems") ? schema.children("prefixItems") : List.of();
        JsonSchema items = schema.child("items");
        Expression item = items == null ? JsonText.ANY : items.isFalse() ? null : expression(items);
        int least = schema.count("minItems", 0);
        int most = schema.count("maxItems", Repeat.UNLIMITED);
        schema.requireOrdered("minItems", least, "maxItems", most);
        if (leading.isEmpty()) {
            return sequence(JsonText.punctuation("["), item == null ? Expression.NOTHING : items(item, least, most),
                    JsonText.punctuation("]"));
        }
        if (least > leading.size() || most != Repeat.UNLIMITED) {
            throw schema.wrong("minItems above the prefixItems, and maxItems beside them, are not supported");
        }
        var parts = new ArrayList<Expression>();
        for (JsonSchema part : leading) {
            parts.add(parts.isEmpty() ? expression(part) : JsonText.following(expression(part)));
        }
        if (item != null && items != null) {
            parts.add(anyNumber(JsonText.following(item)));
        }
        return sequence(JsonText.punctuation("["), new Sequence(parts), JsonText.punctuation("]"));
    }

    private static Expression items(Expression item, int least, int most) {
        if (most == 0) {
            return Expression.NOTHING;
        }
        Expression more = Expression.between(Math.max(0, least - 1), most == Repeat.UNLIMITED ? most : most - 1,
                JsonText.following(item));
        Expression some = sequence(item, more);
        return least == 0 ? Expression.optional(some) : some;
    }

    private static Expression string(JsonSchema schema) {
        if (schema.has("pattern")) {
            schema.allowOnly("type", "pattern");
            return JsonText.quoted(JsonPattern.read(schema.text("pattern")));
        }
        if (schema.has("format")) {
            var format = JsonFormat.find(schema.text("format"));
            if (format.isPresent()) {
                schema.allowOnly("type", "format");
                return JsonText.quoted(format.get());
            }
        }
        int least = schema.count("minLength", 0);
        int most = schema.count("maxLength", Repeat.UNLIMITED);
        schema.requireOrdered("minLength", least, "maxLength", most);
        return JsonText.quoted(Expression.between(least, most, JsonText.CHARACTER));
    }

    private static Expression integer(JsonSchema schema) {
        if (!schema.hasBounds()) {
            return JsonText.INTEGER;
        }
        long least = schema.lowerBound(-IntegerRange.LIMIT);
        long most = schema.upperBound(IntegerRange.LIMIT);
        if (least > most) {
            throw schema.wrong("there is no integer from " + least + " to " + most);
        }
        return sequence(IntegerRange.of(least, most), JsonText.SPACE);
    }
}
