package io.millrace.inference.chat;

import java.util.Optional;
import java.util.Set;

/**
 * One call in JSON, read character by character: {@code {"name": "get_weather", "parameters": {"city": "Oslo"}}}, in any order of members. Its arguments are handed
 * on as they are written.
 */
final class JsonCall {
    private static final String NAME = "name";
    private static final Set<String> ARGUMENTS = Set.of("parameters", "arguments");

    /** Where in the outer object. */
    private enum Place {
        BEFORE_KEY, KEY, BEFORE_COLON, BEFORE_VALUE, VALUE, BEHIND_VALUE, END, WRONG
    }

    private final StringBuilder key = new StringBuilder();
    private final StringBuilder value = new StringBuilder();
    private final StringBuilder arguments = new StringBuilder();
    private Place place = Place.END;
    private int depth;
    private boolean inString;
    private boolean escaped;
    private boolean begun;
    private boolean hasArguments;
    private String name;

    /** Reads on, the opening brace first. */
    void read(char c) {
        switch (place) {
            case BEFORE_KEY -> expect(c, c == '"', Place.KEY);
            case KEY -> {
                if (c == '"') {
                    place = Place.BEFORE_COLON;
                } else {
                    key.append(c);
                }
            }
            case BEFORE_COLON -> expect(c, c == ':', Place.BEFORE_VALUE);
            case BEFORE_VALUE -> beginValue(c);
            case VALUE -> inValue(c);
            case BEHIND_VALUE -> behindValue(c);
            case END -> place = c == '{' && key.isEmpty() && name == null ? Place.BEFORE_KEY : Place.WRONG;
            case WRONG -> {
            }
        }
    }

    private void expect(char c, boolean isThere, Place next) {
        if (isThere) {
            place = next;
        } else if (!Character.isWhitespace(c)) {
            place = Place.WRONG;
        }
    }

    private void beginValue(char c) {
        if (Character.isWhitespace(c)) {
            return;
        }
        boolean fits = isName() ? c == '"' : !isArguments() || c == '{' && !hasArguments;
        if (!fits) {
            place = Place.WRONG;
            return;
        }
        value.setLength(0);
        place = Place.VALUE;
        hasArguments |= isArguments();
        inValue(c);
    }

    private void inValue(char c) {
        boolean isScalarsEnd = depth == 0 && !inString && !value.isEmpty() && (c == ',' || c == '}');
        if (isScalarsEnd) {
            endValue();
            behindValue(c);
            return;
        }
        value.append(c);
        if (isArguments()) {
            arguments.append(c);
        }
        if (inString) {
            inString = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else if (c == '"') {
            inString = true;
        } else if (c == '{' || c == '[') {
            depth++;
        } else if (c == '}' || c == ']') {
            depth--;
        }
        if (depth == 0 && !inString && "}]\"".indexOf(c) >= 0) {
            endValue();
        }
    }

    private void endValue() {
        if (isName()) {
            name = value.substring(1, value.length() - 1);
        }
        key.setLength(0);
        place = Place.BEHIND_VALUE;
    }

    private void behindValue(char c) {
        if (c == '}') {
            place = Place.END;
        } else {
            expect(c, c == ',', Place.BEFORE_KEY);
        }
    }

    private boolean isName() {
        return NAME.contentEquals(key);
    }

    private boolean isArguments() {
        return ARGUMENTS.contains(key.toString());
    }

    /** Whether it is no call, or no JSON. */
    boolean isWrong() {
        return place == Place.WRONG;
    }

    /** Whether its last brace was read. */
    boolean isComplete() {
        return place == Place.END;
    }

    Optional<String> name() {
        return Optional.ofNullable(name);
    }

    boolean hasArguments() {
        return hasArguments;
    }

    /** Remembers that the call was told of. */
    void begin() {
        begun = true;
    }

    boolean isBegun() {
        return begun;
    }

    /** The arguments that were read since the last time. */
    String takeArguments() {
        String taken = arguments.toString();
        arguments.setLength(0);
        return taken;
    }
}
