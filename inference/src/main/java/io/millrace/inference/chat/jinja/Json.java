package io.millrace.inference.chat.jinja;

import java.util.List;

/** Values as Python's {@code json.dumps} writes them, with {@code ensure_ascii} off, as in every chat template's engine. */
final class Json {
    private final TextBuilder out = new TextBuilder();
    private final String indent;
    private final String separator;
    private final String colon;
    private final boolean sortKeys;

    /** Separators and indentation; {@code indent} null writes one line. */
    private Json(String indent, String separator, String colon, boolean sortKeys) {
        this.indent = indent;
        this.separator = separator;
        this.colon = colon;
        this.sortKeys = sortKeys;
    }

    static String write(Object value, Arguments arguments) {
        Object indent = arguments.get(0, "indent", null);
        String unit = indent == null
                ? null
                : indent instanceof String text
                        ? text
                        : new TextBuilder().append(" ", Values.requireInt(indent)).toString();
        List<Object> separators = arguments.get(2, "separators", null) == null
                ? List.of(unit == null ? ", " : ",", ": ")
                : Values.iterate(arguments.get(2, "separators", null));
        if (separators.size() != 2) {
            throw new JinjaException("tojson's separators must be two texts");
        }
        Json json = new Json(unit, Values.requireText(separators.get(0)), Values.requireText(separators.get(1)),
                arguments.flag(3, "sort_keys"));
        json.write(value, 0);
        return json.out.toString();
    }

    private void write(Object value, int depth) {
        switch (value) {
            case null -> out.append("null");
            case Boolean flag -> out.append(flag.toString());
            case Long number -> out.append(number.toString());
            case Double number -> out.append(number(number));
            case String text -> quote(text);
            case List<?> items -> list(items, depth);
            case Tuple tuple -> list(tuple.items(), depth);
            case Dict dict -> dict(dict, depth);
            default -> throw new JinjaException("tojson cannot write " + Values.describe(value));
        }
    }

    private static String number(double number) {
        return Double.isNaN(number)
                ? "NaN"
                : Double.isInfinite(number)
                        ? number > 0 ? "Infinity" : "-Infinity"
                        : Printer.number(number);
    }

    private void list(List<?> items, int depth) {
        if (items.isEmpty()) {
            out.append("[]");
            return;
        }
        String before = "[";
        for (Object item : items) {
            out.append(before);
            newLine(depth + 1);
            write(item, depth + 1);
            before = separator;
        }
        newLine(depth);
        out.append("]");
    }

    private void dict(Dict dict, int depth) {
        if (dict.size() == 0) {
            out.append("{}");
            return;
        }
        List<Object> keys = dict.keys();
        if (sortKeys) {
            keys.sort(Values::compare);
        }
        String before = "{";
        for (Object key : keys) {
            out.append(before);
            newLine(depth + 1);
            quote(key instanceof String text ? text : key == null ? "null" : Printer.text(key));
            out.append(colon);
            write(dict.get(key, null), depth + 1);
            before = separator;
        }
        newLine(depth);
        out.append("}");
    }

    private void newLine(int depth) {
        if (indent != null) {
            out.append("\n").append(indent, depth);
        }
    }

    private void quote(String text) {
        out.append("\"");
        text.codePoints().forEach(c -> {
            String escape = escape(Untrusted.plain(c));
            if (escape == null) {
                out.appendCodePoint(c);
            } else {
                out.append(Untrusted.isMarked(c) ? Untrusted.mark(escape) : escape);
            }
        });
        out.append("\"");
    }

    private static String escape(int c) {
        return switch (c) {
            case '"' -> "\\\"";
            case '\\' -> "\\\\";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case '\b' -> "\\b";
            case '\f' -> "\\f";
            default -> c < ' ' ? "\\u%04x".formatted(c) : null;
        };
    }
}
