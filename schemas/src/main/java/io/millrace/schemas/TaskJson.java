package io.millrace.schemas;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Tasks and their results. */
final class TaskJson {
    private static final String TASK = "task";
    private static final String TOKENS = "tokens";
    private static final String PIECES = "pieces";
    private static final String EMBEDDING = "embedding";
    private static final String TEXT = "text";

    private TaskJson() {}

    static Task read(Fields fields) {
        String name = fields.text(TASK);
        return switch (name) {
            case null -> new Task.Generate();
            case "generate" -> new Task.Generate();
            case "embed" -> new Task.Embed(fields.integers(TOKENS));
            case "tokenize" ->
                new Task.Tokenize(flag(fields, "add_special", false), flag(fields, "parse_special", true),
                        flag(fields, "with_pieces", false));
            case "detokenize" -> new Task.Detokenize(fields.required(TOKENS, fields.integers(TOKENS)));
            case "apply_template" -> new Task.ApplyTemplate();
            default -> throw fields.wrong(TASK, "generate, embed, tokenize, detokenize or apply_template",
                    fields.any(TASK));
        };
    }

    static boolean flag(Fields fields, String name, boolean otherwise) {
        Boolean given = fields.flag(name);
        return given == null ? otherwise : given;
    }

    static void write(JsonGenerator json, Task task) throws IOException {
        if (!(task instanceof Task.Generate)) {
            json.writeStringField(TASK, task.text());
        }
        switch (task) {
            case Task.Embed embed when embed.tokens() != null -> write(json, TOKENS, embed.tokens());
            case Task.Detokenize detokenize -> write(json, TOKENS, detokenize.tokens());
            case Task.Tokenize tokenize -> {
                json.writeBooleanField("add_special", tokenize.addsSpecial());
                json.writeBooleanField("parse_special", tokenize.parsesSpecial());
                json.writeBooleanField("with_pieces", tokenize.withPieces());
            }
            case Task.Generate _,Task.Embed _,Task.ApplyTemplate _ -> {
            }
        }
    }

    private static void write(JsonGenerator json, String name, List<Integer> numbers) throws IOException {
        json.writeArrayFieldStart(name);
        for (int number : numbers) {
            json.writeNumber(number);
        }
        json.writeEndArray();
    }

    /** Null when there is none; a text is a result only of a stream's last event. */
    static Result readResult(Fields fields, boolean ofEvent) {
        if (fields.any(EMBEDDING) != null) {
            return new Result.Embedding(floats(fields));
        }
        List<Integer> tokens = fields.integers(TOKENS);
        if (tokens != null) {
            List<JsonNode> pieces = fields.array(PIECES);
            return new Result.Tokens(tokens, pieces == null ? List.of() : pieces(fields, pieces));
        }
        String text = ofEvent ? fields.text(TEXT) : null;
        return text == null ? null : new Result.Text(text);
    }

    private static List<Float> floats(Fields fields) {
        List<Float> values = new ArrayList<>();
        for (JsonNode element : fields.array(EMBEDDING)) {
            if (!element.isNumber()) {
                throw fields.wrong(EMBEDDING, "an array of numbers", element);
            }
            values.add(element.floatValue());
        }
        return values;
    }

    private static List<List<Integer>> pieces(Fields fields, List<JsonNode> elements) {
        List<List<Integer>> pieces = new ArrayList<>();
        for (JsonNode element : elements) {
            if (element.isTextual()) {
                pieces.add(unsigned(element.textValue().getBytes(StandardCharsets.UTF_8)));
            } else if (element.isArray()) {
                pieces.add(bytes(fields, element));
            } else {
                throw fields.wrong(PIECES, "an array of strings and of arrays of bytes", element);
            }
        }
        return pieces;
    }

    private static List<Integer> bytes(Fields fields, JsonNode element) {
        List<Integer> bytes = new ArrayList<>();
        for (JsonNode value : element) {
            if (!value.isInt() || value.intValue() < 0 || value.intValue() > 255) {
                throw fields.wrong(PIECES, "an array of strings and of arrays of bytes", value);
            }
            bytes.add(value.intValue());
        }
        return bytes;
    }

    private static List<Integer> unsigned(byte[] bytes) {
        List<Integer> values = new ArrayList<>(bytes.length);
        for (byte value : bytes) {
            values.add(Byte.toUnsignedInt(value));
        }
        return values;
    }

    /** Writes nothing for null. */
    static void write(JsonGenerator json, Result result) throws IOException {
        switch (result) {
            case null -> {
            }
            case Result.Embedding embedding -> {
                json.writeArrayFieldStart(EMBEDDING);
                for (float value : embedding.values()) {
                    json.writeNumber(value);
                }
                json.writeEndArray();
            }
            case Result.Tokens tokens -> {
                write(json, TOKENS, tokens.tokens());
                if (!tokens.pieces().isEmpty()) {
                    writePieces(json, tokens.pieces());
                }
            }
            case Result.Text text -> json.writeStringField(TEXT, text.text());
        }
    }

    private static void writePieces(JsonGenerator json, List<List<Integer>> pieces) throws IOException {
        json.writeArrayFieldStart(PIECES);
        for (List<Integer> piece : pieces) {
            String text = Utf8.text(piece);
            if (text != null) {
                json.writeString(text);
            } else {
                json.writeStartArray();
                for (int value : piece) {
                    json.writeNumber(value);
                }
                json.writeEndArray();
            }
        }
        json.writeEndArray();
    }
}
