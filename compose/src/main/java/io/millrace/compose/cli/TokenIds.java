package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Token ids that a user wrote down: a JSON array, or numbers with blanks or commas between them. */
final class TokenIds {
    private static final Pattern BETWEEN = Pattern.compile("[\\s,\\[\\]]+");

    private TokenIds() {}

    /**
     * Reads them.
     *
     * @param source where the text is from, for messages
     * @throws UserException if something else is among them, or there is none
     */
    static int[] parse(String text, Path source) {
        int[] ids = BETWEEN.splitAsStream(text).filter(word -> !word.isEmpty()).mapToInt(word -> {
            try {
                return Integer.parseUnsignedInt(word);
            } catch (NumberFormatException e) {
                throw new UserException(source + ": '" + word + "' is no token id", e);
            }
        }).toArray();
        if (ids.length == 0) {
            throw new UserException(source + ": there is no token id in it");
        }
        return ids;
    }
}
