package io.millrace.inference.chat.jinja;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The filters on lists and mappings. */
final class ListFilters {
    private static final Map<String, Filters.Filter> FILTERS = Map.ofEntries(
            entry("length", (v, a) -> (long) Values.length(v)), entry("count", (v, a) -> (long) Values.length(v)),
            entry("list", (v, a) -> Values.iterate(v)), entry("items", ListFilters::items),
            entry("first",
                    (v, a) -> Values.iterate(v).isEmpty() ? new Undefined("first") : Values.iterate(v).getFirst()),
            entry("last", (v, a) -> Values.iterate(v).isEmpty() ? new Undefined("last") : Values.iterate(v).getLast()),
            entry("join", ListFilters::join), entry("reverse", ListFilters::reverse), entry("sort", ListFilters::sort),
            entry("dictsort", ListFilters::dictSort), entry("unique", (v, a) -> Filters.unique(Values.iterate(v))),
            entry("map", ListFilters::map), entry("select", (v, a) -> select(v, a, true)),
            entry("reject", (v, a) -> select(v, a, false)),
            entry("selectattr", (v, a) -> selectByAttribute(v, a, true)),
            entry("rejectattr", (v, a) -> selectByAttribute(v, a, false)), entry("sum", ListFilters::sum),
            entry("min", (v, a) -> extreme(v, "min", Comparator.naturalOrder(), a.budget())),
            entry("max", (v, a) -> extreme(v, "max", Comparator.reverseOrder(), a.budget())));

    private ListFilters() {}

    static Filters.Filter find(String name) {
        return FILTERS.get(name);
    }

    private static Object items(Object value, Arguments arguments) {
        if (value instanceof Undefined) {
            return List.of();
        }
        if (value instanceof Dict dict) {
            return dict.items();
        }
        throw new JinjaException("items needs a mapping, found " + Values.describe(value));
    }

    private static Object join(Object value, Arguments arguments) {
        List<Object> items = Values.iterate(value);
        if (arguments.has(1, "attribute")) {
            items = mapped(items, attribute(arguments.get(1, "attribute", null)), arguments.budget());
        }
        return Texts.join(items, arguments.text(0, "d", ""));
    }

    private static Object reverse(Object value, Arguments arguments) {
        return value instanceof String text
                ? new StringBuilder(text).reverse().toString()
                : List.copyOf(Values.iterate(value)).reversed();
    }

    private static Object sort(Object value, Arguments arguments) {
        UnaryOperator<Object> key = arguments.has(2, "attribute")
                ? attribute(arguments.get(2, "attribute", null))
                : UnaryOperator.identity();
        return sorted(Values.iterate(value), key, arguments.flag(0, "reverse"), arguments.flag(1, "case_sensitive"),
                arguments.budget());
    }

    private static Object dictSort(Object value, Arguments arguments) {
        long by = "value".equals(arguments.text(1, "by", "key")) ? 1 : 0;
        return sorted(Values.iterate(items(value, arguments)), item -> Elements.element(item, by),
                arguments.flag(2, "reverse"), arguments.flag(0, "case_sensitive"), arguments.budget());
    }

    private static List<Object> sorted(List<Object> items, UnaryOperator<Object> key, boolean reverse,
            boolean caseSensitive, Budget budget) {
        Comparator<Object> order = Comparator.comparing(
                item -> key.apply(item) instanceof String text && !caseSensitive ? Texts.lower(text) : key.apply(item),
                (a, b) -> {
                    budget.chargeFor(a);
                    budget.chargeFor(b);
                    return Values.compare(a, b);
                });
        List<Object> result = new ArrayList<>(items);
        result.sort(reverse ? order.reversed() : order);
        return Collections.unmodifiableList(result);
    }

    private static Object map(Object value, Arguments arguments) {
        if (arguments.named().containsKey("attribute")) {
            UnaryOperator<Object> attribute = attribute(arguments.named().get("attribute"));
            Object otherwise = arguments.named().get("default");
            boolean hasDefault = arguments.named().containsKey("default");
            return mapped(Values.iterate(value), item -> {
                Object found = attribute.apply(item);
                return hasDefault && found instanceof Undefined ? otherwise : found;
            }, arguments.budget());
        }
        String filter = arguments.text(0, "filter");
        Arguments rest = arguments.withoutFirst();
        return mapped(Values.iterate(value), item -> Filters.apply(filter, item, rest), arguments.budget());
    }

    private static List<Object> mapped(List<Object> items, UnaryOperator<Object> mapping, Budget budget) {
        List<Object> result = new ArrayList<>(items.size());
        for (Object item : items) {
            budget.chargeFor(item);
            result.add(mapping.apply(item));
        }
        return Collections.unmodifiableList(result);
    }

    /** Reads an attribute such as {@code function.name}, or an index. */
    private static UnaryOperator<Object> attribute(Object path) {
        if (!(path instanceof String text)) {
            return item -> Elements.element(item, path);
        }
        String[] names = Untrusted.plain(text).split("\\.", -1);
        return item -> {
            Object result = item;
            for (String name : names) {
                result = result instanceof Undefined ? result : Elements.element(result, name);
            }
            return result;
        };
    }

    private static Object select(Object value, Arguments arguments, boolean wanted) {
        return selected(value, UnaryOperator.identity(), arguments, wanted);
    }

    private static Object selectByAttribute(Object value, Arguments arguments, boolean wanted) {
        return selected(value, attribute(arguments.required(0, "attribute")), arguments.withoutFirst(), wanted);
    }

    private static Object selected(Object value, UnaryOperator<Object> subject, Arguments arguments, boolean wanted) {
        boolean named = !arguments.positional().isEmpty();
        String test = named ? arguments.text(0, "test") : "";
        Arguments rest = named ? arguments.withoutFirst() : arguments;
        List<Object> result = new ArrayList<>();
        for (Object item : Values.iterate(value)) {
            Object tested = subject.apply(item);
            arguments.budget().chargeFor(tested);
            if ((named ? Checks.holds(test, tested, rest) : Values.isTrue(tested)) == wanted) {
                result.add(item);
            }
        }
        return Collections.unmodifiableList(result);
    }

    private static Object sum(Object value, Arguments arguments) {
        List<Object> items = Values.iterate(value);
        if (arguments.has(0, "attribute")) {
            items = mapped(items, attribute(arguments.get(0, "attribute", null)), arguments.budget());
        }
        return items.stream().reduce(arguments.get(1, "start", 0L), (a, b) -> {
            arguments.budget().chargeFor(a);
            return Operators.apply("+", a, b);
        });
    }

    private static Object extreme(Object value, String name, Comparator<Integer> order, Budget budget) {
        return Values.iterate(value).stream().reduce((a, b) -> {
            budget.chargeFor(a);
            budget.chargeFor(b);
            return order.compare(Values.compare(a, b), 0) <= 0 ? a : b;
        })
                .orElse(new Undefined(name));
    }
}
