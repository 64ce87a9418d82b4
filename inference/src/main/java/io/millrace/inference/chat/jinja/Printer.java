package io.millrace.inference.chat.jinja;

import java.math.BigDecimal;
import java.util.List;

/** Values as Python's {@code str} and {@code repr} print them. */
final class Printer {
    private Printer() {}

    static String text(Object value) {
        return switch (value) {
            case String text -> text;
            case Undefined undefined -> "";
            case null, default -> {
                TextBuilder out = new TextBuilder();
                print(value, out);
                yield out.toString();
            }
        };
    }

    private static void print(Object value, TextBuilder out) {
        switch (value) {
            case null -> out.append("None");
            case Undefined undefined -> out.append("Undefined");
            case Boolean flag -> out.append(flag ? "True" : "False");
            case Double number -> out.append(number(number));
            case String text -> quote(text, out);
            case List<?> items -> print("[", items, "]", out);
            case Tuple tuple -> print("(", tuple.items(), tuple.items().size() == 1 ? ",)" : ")", out);
            case Dict dict -> print(dict, out);
            case Long number -> out.append(number.toString());
            case Namespace namespace -> out.append("<Namespace>");
            default -> out.append("<function>");
        }
    }

    private static void print(String open, List<?> items, String close, TextBuilder out) {
        String separator = open;
        for (Object item : items) {
            out.append(separator);
            print(item, out);
            separator = ", ";
        }
        out.append(items.isEmpty() ? open + close : close);
    }

    private static void print(Dict dict, TextBuilder out) {
        String separator = "{";
        for (Object key : dict.keys()) {
            out.append(separator);
            print(key, out);
            out.append(": ");
            print(dict.get(key, null), out);
            separator = ", ";
        }
        out.append(dict.size() == 0 ? "{}" : "}");
    }

    private static void quote(String text, TextBuilder out) {
        String plain = Untrusted.plain(text);
        char quote = plain.indexOf('\'') >= 0 && plain.indexOf('"') < 0 ? '"' : '\'';
        out.appendCodePoint(quote);
        text.codePoints().forEach(c -> {
            int meant = Untrusted.plain(c);
            int escape = switch (meant) {
                case '\n' -> 'n';
                case '\r' -> 'r';
                case '\t' -> 't';
                case '\\' -> '\\';
                default -> meant == quote ? quote : 0;
            };
            if (escape != 0) {
                out.appendCodePoint(Untrusted.likeOriginal('\\', c));
            }
            out.appendCodePoint(escape == 0 ? c : Untrusted.likeOriginal(escape, c));
        });
        out.appendCodePoint(quote);
    }

    /** The shortest text that reads back as the same number; with an exponent where Python uses one. */
    static String number(double number) {
        if (!Double.isFinite(number)) {
            return Double.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        }
        double size = Math.abs(number);
        if (size == 0 || size >= 1e-4 && size < 1e16) {
            String plain = new BigDecimal(Double.toString(number)).toPlainString();
            String signed = size == 0 && 1 / number < 0 && !plain.startsWith("-") ? "-" + plain : plain;
            return signed.contains(".") ? signed : signed + ".0";
        }
        String java = Double.toString(number);
        int e = java.indexOf('E');
        int exponent = Integer.parseInt(java, e + 1, java.length(), 10);
        String digits = java.substring(0, e).replaceAll("\\.0$", "");
        return digits + "e%c%02d".formatted(exponent < 0 ? '-' : '+', Math.abs(exponent));
    }
}
