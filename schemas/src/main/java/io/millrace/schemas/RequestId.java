package io.millrace.schemas;

import static java.util.Objects.requireNonNull;

/** What may name a request. */
final class RequestId {
    private RequestId() {}

    static void check(String id) {
        requireNonNull(id, "id");
        if (id.isBlank() || id.codePointCount(0, id.length()) > Prompt.MAX_ID_CHARACTERS) {
            throw new InvalidPromptException("id must have 1 to " + Prompt.MAX_ID_CHARACTERS
                    + " characters, not all blank, not " + Excerpt.quoted(id));
        }
    }
}
