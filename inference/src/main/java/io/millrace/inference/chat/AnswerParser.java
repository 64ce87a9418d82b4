package io.millrace.inference.chat;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.millrace.inference.chat.AnswerPart.Arguments;
import io.millrace.inference.chat.AnswerPart.CallBegun;
import io.millrace.inference.chat.AnswerPart.CallEnded;
import io.millrace.inference.chat.AnswerPart.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the tool calls in a Llama 3.1 model's answer while it is generated. A call is a JSON object, {@code {"name": ..., "parameters": ...}}, several with
 * semicolons between them; or, behind the token {@code <|python_tag|>}, the same, {@code tool.call(key="value")}, or Python code, which is a call of the tool
 * {@value #PYTHON}. What only looks like a call is text. One answer an object; not thread-safe.
 *
 * @see <a href="https://www.llama.com/docs/model-cards-and-prompt-formats/llama3_1/">Llama 3.1's prompt format</a>
 */
public final class AnswerParser {
    /** The tool that code is for, with the argument {@code code}. */
    public static final String PYTHON = "python";

    private static final Pattern BUILT_IN = Pattern.compile("\\s*([A-Za-z_]\\w*)\\.call\\((.*)\\)\\s*", Pattern.DOTALL);
    private static final Pattern ARGUMENT = Pattern
            .compile(
                    "\\s*([A-Za-z_]\\w*)\\s*=\\s*(\"(?:[^\"\\\\]|\\\\.)*\"|-?\\d+(?:\\.\\d+)?|true|false|null)\\s*(,|$)");

    /** What is being read. */
    private enum State {
        /** Nothing but blanks so far. */
        BEGINNING,
        TEXT,
        /** A JSON call, or what comes between two. */
        JSON,
        /** Behind the tag, nothing but blanks so far. */
        TAGGED,
        /** Behind the tag, code or a built-in tool. */
        CODE
    }

    private final Set<String> tools;
    private final OptionalInt pythonTag;
    private final StringBuilder held = new StringBuilder();
    private State state = State.BEGINNING;
    private JsonCall call;
    private int calls;

    /**
     * Begins an answer.
     *
     * @param tools the names of those the model was told of; none makes everything text
     * @param pythonTag the model's token for calls, if it has one
     */
    public AnswerParser(Set<String> tools, OptionalInt pythonTag) {
        this.tools = Set.copyOf(tools);
        this.pythonTag = pythonTag;
    }

    /**
     * Goes on.
     *
     * @param token that was generated
     * @param text that became certain with it
     */
    public List<AnswerPart> append(int token, String text) {
        var parts = new ArrayList<AnswerPart>();
        if (!tools.isEmpty() && state == State.BEGINNING && pythonTag.isPresent() && pythonTag.getAsInt() == token) {
            state = State.TAGGED;
        }
        for (int i = 0; i < text.length(); i++) {
            read(text.charAt(i), parts);
        }
        return joined(parts);
    }

    /** Ends the answer: what was held back comes out. */
    public List<AnswerPart> finish() {
        var parts = new ArrayList<AnswerPart>();
        switch (state) {
            case CODE -> code(parts);
            case JSON -> {
                if (call != null && call.isBegun()) {
                    parts.add(new CallEnded(calls++));
                } else if (call != null || calls == 0) {
                    parts.add(new Text(held.toString()));
                }
            }
            case BEGINNING, TAGGED, TEXT -> parts.add(new Text(held.toString()));
        }
        held.setLength(0);
        state = State.TEXT;
        return joined(parts);
    }

    private void read(char c, List<AnswerPart> parts) {
        switch (state) {
            case TEXT -> parts.add(new Text(String.valueOf(c)));
            case CODE -> held.append(c);
            case JSON -> json(c, parts);
            case BEGINNING, TAGGED -> {
                held.append(c);
                if (!Character.isWhitespace(c)) {
                    begin(c, parts);
                }
            }
        }
    }

    private void begin(char c, List<AnswerPart> parts) {
        if (c == '{' && !tools.isEmpty()) {
            state = State.JSON;
            call = new JsonCall();
            call.read(c);
        } else if (state == State.TAGGED) {
            state = State.CODE;
        } else {
            asText(parts);
        }
    }

    private void asText(List<AnswerPart> parts) {
        parts.add(new Text(held.toString()));
        held.setLength(0);
        state = State.TEXT;
        call = null;
    }

    private void json(char c, List<AnswerPart> parts) {
        held.append(c);
        if (call == null) {
            between(c, parts);
            return;
        }
        call.read(c);
        if (call.isWrong() && call.isBegun()) {
            // too late for text: the call stays as it was written
            parts.add(new CallEnded(calls++));
            held.setLength(0);
            state = State.TEXT;
            call = null;
        } else if (call.isWrong() || call.name().filter(name -> !tools.contains(name)).isPresent()) {
            asText(parts);
        } else {
            stream(parts);
        }
    }

    private void stream(List<AnswerPart> parts) {
        if (!call.isBegun() && call.name().isPresent() && (call.hasArguments() || call.isComplete())) {
            call.begin();
            parts.add(new CallBegun(calls, call.name().get()));
        }
        if (call.isBegun()) {
            String arguments = call.takeArguments();
            if (!arguments.isEmpty()) {
                parts.add(new Arguments(calls, arguments));
            }
        }
        if (call.isComplete()) {
            if (call.isBegun()) {
                parts.add(new CallEnded(calls++));
                held.setLength(0);
                call = null;
            } else {
                asText(parts);
            }
        }
    }

    /** Behind a call only another may come, or blanks. */
    private void between(char c, List<AnswerPart> parts) {
        if (c == '{') {
            call = new JsonCall();
            call.read(c);
        } else if (c != ';' && c != ',' && !Character.isWhitespace(c)) {
            asText(parts);
        }
    }

    private void code(List<AnswerPart> parts) {
        Matcher builtIn = BUILT_IN.matcher(held);
        String name = PYTHON;
        String arguments = "{\"code\":" + quoted(held.toString()) + "}";
        if (builtIn.matches()) {
            String named = arguments(builtIn.group(2));
            if (named != null) {
                name = builtIn.group(1);
                arguments = named;
            }
        }
        parts.add(new CallBegun(calls, name));
        parts.add(new Arguments(calls, arguments));
        parts.add(new CallEnded(calls++));
    }

    /** {@code key="value", other=1} as JSON; null if it is something else. */
    private static String arguments(String text) {
        var json = new StringBuilder("{");
        Matcher argument = ARGUMENT.matcher(text);
        int at = 0;
        while (at < text.length()) {
            if (!argument.find(at) || argument.start() != at) {
                return null;
            }
            json.append(json.length() > 1 ? "," : "").append('"').append(argument.group(1)).append("\":")
                    .append(argument.group(2));
            at = argument.end();
        }
        return json.append('}').toString();
    }

    private static String quoted(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }

    /** Neighbours of a kind as one, and nothing that is empty. */
    private static List<AnswerPart> joined(List<AnswerPart> parts) {
        var joined = new ArrayList<AnswerPart>();
        for (AnswerPart part : parts) {
            AnswerPart last = joined.isEmpty() ? null : joined.getLast();
            if (part instanceof Text text && text.text().isEmpty()) {
                continue;
            }
            if (last instanceof Text before && part instanceof Text text) {
                joined.set(joined.size() - 1, new Text(before.text() + text.text()));
            } else if (last instanceof Arguments before && part instanceof Arguments more
                    && before.index() == more.index()) {
                joined.set(joined.size() - 1, new Arguments(more.index(), before.json() + more.json()));
            } else {
                joined.add(part);
            }
        }
        return joined;
    }
}
