package io.millrace.schemas;

import static java.util.Objects.requireNonNull;

/** What may name a request. */
public final class RequestId {
    private RequestId() {}

    /**
     * Refuses what cannot be an id.
     *
     * @throws InvalidPromptException if it is blank, or longer than {@link Prompt#MAX_ID_CHARACTERS}
     */
    public static void check(String id) {
        requireNonNull(id, "id");
        if (id.isBlank() || id.codePointCount(0, id.length()) > Prompt.MAX_ID_CHARACTERS) {
            throw new InvalidPromptException("id must have 1 to " + Prompt.MAX_ID_CHARACTERS
                    + " characters, not all blank, not " + Excerpt.quoted(id));
        }
    }
}
