package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Backslash escapes in prompts, as llama.cpp has them: {@code \n \r \t \\ \' \"} and {@code \x41}. */
final class Escapes {
    private static final Pattern ESCAPE = Pattern.compile("\\\\(?:x([0-9a-fA-F]{0,2})|([nrt\\\\'\"]))");

    private Escapes() {}

    /**
     * Resolves escapes; a backslash before anything else stays.
     *
     * @throws UserException if two hexadecimal digits do not follow {@code \x}
     */
    static String resolve(String text) {
        return ESCAPE.matcher(text).replaceAll(match -> Matcher.quoteReplacement(meaning(match)));
    }

    private static String meaning(MatchResult escape) {
        if (escape.group(1) != null) {
            if (escape.group(1).length() < 2) {
                throw new UserException("--escape: two hexadecimal digits must follow \\x");
            }
            return Character.toString(Integer.parseInt(escape.group(1), 16));
        }
        return switch (escape.group(2)) {
            case "n" -> "\n";
            case "r" -> "\r";
            case "t" -> "\t";
            default -> escape.group(2);
        };
    }
}
