package io.millrace.inference.chat.jinja;

import java.time.Clock;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The functions every template can call. */
final class Globals {
    private Globals() {}

    /** The functions by name; the clock is for {@code strftime_now}. */
    static Map<String, Object> functions(Clock clock) {
        return Map.of("range", (Function) Globals::range, "dict", (Function) Globals::dict, "namespace",
                (Function) Globals::namespace, "raise_exception", (Function) Globals::raise, "strftime_now",
                (Function) arguments -> format(ZonedDateTime.now(clock), Untrusted.plain(arguments.text(0, "format"))));
    }

    private static Object range(Arguments arguments) {
        boolean one = arguments.positional().size() < 2;
        long start = one ? 0 : arguments.integer(0, "start", 0);
        long stop = arguments.integer(one ? 0 : 1, "stop", 0);
        long step = arguments.integer(2, "step", 1);
        if (step == 0) {
            throw new JinjaException("range's step must not be 0");
        }
        Values.requireItems((stop - start) / step);
        List<Object> result = new ArrayList<>();
        for (long i = start; step > 0 ? i < stop : i > stop; i += step) {
            result.add(i);
        }
        return Collections.unmodifiableList(result);
    }

    private static Object dict(Arguments arguments) {
        Dict result = new Dict();
        if (arguments.has(0, "") && arguments.get(0, "", null) instanceof Dict original) {
            original.keys().forEach(key -> result.put(key, original.get(key, null)));
        }
        arguments.named().forEach(result::put);
        return result;
    }

    private static Object namespace(Arguments arguments) {
        Namespace result = new Namespace();
        if (arguments.has(0, "") && arguments.get(0, "", null) instanceof Dict original) {
            original.keys().forEach(key -> result.set(Printer.text(key), original.get(key, null)));
        }
        arguments.named().forEach(result::set);
        return result;
    }

    private static Object raise(Arguments arguments) {
        throw new JinjaException("the template refuses this: "
                + Untrusted.plain(Printer.text(arguments.required(0, "message"))));
    }

    private static String format(ZonedDateTime time, String format) {
        StringBuilder result = new StringBuilder();
        for (int i = 0; i < format.length(); i++) {
            if (format.charAt(i) != '%' || i + 1 == format.length()) {
                result.append(format.charAt(i));
            } else {
                result.append(field(time, format.charAt(++i)));
            }
        }
        return result.toString();
    }

    private static String field(ZonedDateTime time, char directive) {
        String pattern = switch (directive) {
            case 'd' -> "dd";
            case 'm' -> "MM";
            case 'y' -> "yy";
            case 'Y' -> "uuuu";
            case 'b' -> "MMM";
            case 'B' -> "MMMM";
            case 'a' -> "EEE";
            case 'A' -> "EEEE";
            case 'H' -> "HH";
            case 'I' -> "hh";
            case 'M' -> "mm";
            case 'S' -> "ss";
            case 'p' -> "a";
            case 'j' -> "DDD";
            case 'Z' -> "z";
            case 'z' -> "xx";
            case '%' -> "'%'";
            default -> throw new JinjaException("strftime_now does not know %" + directive);
        };
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(time);
    }
}
