package io.millrace.inference.chat.jinja;

import static java.util.Map.entry;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Jinja's filters: what may follow {@code |}. Those on lists are in {@link ListFilters}. */
final class Filters {
    interface Filter {
        Object apply(Object value, Arguments arguments);
    }

    private static final Map<String, Filter> FILTERS = Map.ofEntries(
            entry("trim", (v, a) -> Texts.strip(Printer.text(v), a.get(0, "chars", null), true, true)),
            entry("upper", (v, a) -> Texts.upper(Printer.text(v))),
            entry("lower", (v, a) -> Texts.lower(Printer.text(v))),
            entry("capitalize", (v, a) -> Texts.capitalize(Printer.text(v))),
            entry("title", (v, a) -> Texts.title(Printer.text(v))), entry("string", (v, a) -> Printer.text(v)),
            entry("safe", (v, a) -> v), entry("tojson", Json::write), entry("default", Filters::otherwise),
            entry("d", Filters::otherwise), entry("replace", Filters::replace), entry("escape", Filters::escape),
            entry("e", Filters::escape), entry("indent", Filters::indent), entry("truncate", Filters::truncate),
            entry("wordcount", (v, a) -> (long) Texts.split(Printer.text(v), null, -1).size()),
            entry("int", Filters::integer),
            entry("float", Filters::floating), entry("abs", Filters::abs), entry("round", Filters::round),
            entry("attr", (v, a) -> Elements.attribute(v, a.text(0, "name"))));

    private Filters() {}

    static boolean has(String name) {
        return find(name) != null;
    }

    private static Filter find(String name) {
        String plain = Untrusted.plain(name);
        Filter filter = FILTERS.get(plain);
        return filter == null ? ListFilters.find(plain) : filter;
    }

    static Object apply(String name, Object value, Arguments arguments) {
        Filter filter = find(name);
        if (filter == null) {
            throw new JinjaException("there is no filter \"" + Untrusted.plain(name) + "\"");
        }
        return filter.apply(value, arguments);
    }

    private static Object otherwise(Object value, Arguments arguments) {
        boolean missing = value instanceof Undefined || arguments.flag(1, "boolean") && !Values.isTrue(value);
        return missing ? arguments.get(0, "default_value", "") : value;
    }

    private static Object replace(Object value, Arguments arguments) {
        return Texts.replace(Printer.text(value), arguments.text(0, "old"), arguments.text(1, "new"),
                arguments.integer(2, "count", -1));
    }

    private static Object escape(Object value, Arguments arguments) {
        TextBuilder result = new TextBuilder();
        Printer.text(value).codePoints().forEach(c -> {
            String entity = switch (Untrusted.plain(c)) {
                case '&' -> "&amp;";
                case '<' -> "&lt;";
                case '>' -> "&gt;";
                case '"' -> "&#34;";
                case '\'' -> "&#39;";
                default -> null;
            };
            if (entity == null) {
                result.appendCodePoint(c);
            } else {
                result.append(Untrusted.isMarked(c) ? Untrusted.mark(entity) : entity);
            }
        });
        return result.toString();
    }

    private static Object indent(Object value, Arguments arguments) {
        Object width = arguments.get(0, "width", 4L);
        String unit = width instanceof String text
                ? text
                : new TextBuilder().append(" ", Values.requireInt(width)).toString();
        return Texts.indent(Printer.text(value), unit, arguments.flag(1, "first"), arguments.flag(2, "blank"));
    }

    private static Object truncate(Object value, Arguments arguments) {
        String text = Printer.text(value);
        int length = arguments.integer(0, "length", 255);
        String end = arguments.text(2, "end", "...");
        int leeway = arguments.integer(3, "leeway", 5);
        if (Values.length(text) <= (long) length + leeway) {
            return text;
        }
        int kept = Math.max(0, length - Values.length(end));
        String cut = text.substring(0, text.offsetByCodePoints(0, kept));
        int space = Untrusted.plain(cut).lastIndexOf(' ');
        return (arguments.flag(1, "killwords") || space < 0 ? cut : cut.substring(0, space)) + end;
    }

    private static Object integer(Object value, Arguments arguments) {
        Object otherwise = arguments.get(0, "default", 0L);
        return switch (value) {
            case Long number -> number;
            case Boolean flag -> flag ? 1L : 0L;
            case Double number -> Double.isFinite(number) ? (Object) (long) (double) number : otherwise;
            case String text -> parsed(Untrusted.plain(text).strip(), arguments.integer(1, "base", 10), otherwise);
            case null, default -> otherwise;
        };
    }

    private static Object parsed(String text, int base, Object otherwise) {
        try {
            return Long.parseLong(text, base);
        } catch (NumberFormatException e) {
            Object number = base == 10 ? number(text) : null;
            return number instanceof Double d && Double.isFinite(d) ? (Object) (long) (double) d : otherwise;
        }
    }

    private static Object floating(Object value, Arguments arguments) {
        Object number = Values.isNumber(value)
                ? (Object) Values.number(value)
                : value instanceof String text ? number(Untrusted.plain(text).strip()) : null;
        return number == null ? arguments.get(0, "default", 0.0) : number;
    }

    private static Double number(String text) {
        // Java would also read "1f" and hexadecimal
        return text.matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?") ? Double.valueOf(text) : null;
    }

    private static Object abs(Object value, Arguments arguments) {
        return value instanceof Long number ? (Object) Math.abs(number) : (Object) Math.abs(Values.number(value));
    }

    private static Object round(Object value, Arguments arguments) {
        double scale = Math.pow(10, arguments.integer(0, "precision", 0));
        double scaled = Values.number(value) * scale;
        return switch (arguments.text(1, "method", "common")) {
            case "ceil" -> Math.ceil(scaled) / scale;
            case "floor" -> Math.floor(scaled) / scale;
            default -> Math.rint(scaled) / scale;
        };
    }

    /** The elements that differ from all before them; for {@link ListFilters}. */
    static List<Object> unique(List<Object> items) {
        Canonical canonical = new Canonical();
        Set<Object> seen = new HashSet<>();
        List<Object> result = new ArrayList<>();
        for (Object item : items) {
            if (seen.add(canonical.convert(item instanceof String text ? Texts.lower(text) : item))) {
                result.add(item);
            }
        }
        return Collections.unmodifiableList(result);
    }
}
