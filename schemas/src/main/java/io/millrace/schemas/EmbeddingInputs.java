package io.millrace.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** What OpenAI's clients give to be embedded: a text, texts, tokens, or several lists of tokens. */
final class EmbeddingInputs {
    private static final String INPUT = "input";

    private EmbeddingInputs() {}

    /** A prompt for each. */
    static List<Prompt> read(Fields fields, String model) {
        JsonNode input = fields.required(INPUT, fields.any(INPUT));
        if (input.isArray() && input.isEmpty()) {
            throw new InvalidPromptException(ErrorCode.INVALID_PROMPT, INPUT, "input must hold at least one text");
        }
        if (input.isArray() && input.get(0).isNumber()) {
            return List.of(tokens(model, INPUT, fields.integers(INPUT)));
        }
        if (input.isArray() && input.get(0).isArray()) {
            List<Prompt> prompts = new ArrayList<>();
            for (List<Integer> tokens : fields.integerLists(INPUT)) {
                prompts.add(tokens(model, INPUT + "[" + prompts.size() + "]", tokens));
            }
            return prompts;
        }
        List<Prompt> prompts = new ArrayList<>();
        for (String text : fields.texts(INPUT)) {
            if (text.isEmpty()) {
                throw empty(input.isArray() ? INPUT + "[" + prompts.size() + "]" : INPUT);
            }
            prompts.add(Prompt.ofTask(new Task.Embed(null), model, text));
        }
        return prompts;
    }

    private static Prompt tokens(String model, String place, List<Integer> tokens) {
        if (tokens.isEmpty()) {
            throw empty(place);
        }
        return Prompt.ofTask(new Task.Embed(tokens), model, null);
    }

    private static InvalidPromptException empty(String place) {
        return new InvalidPromptException(ErrorCode.INVALID_PROMPT, place, place + " must not be empty");
    }
}
