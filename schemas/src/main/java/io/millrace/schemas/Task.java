package io.millrace.schemas;

import java.util.List;

/** What is to be done with a prompt. */
public sealed interface Task {
    /** Go on with a text, or answer a conversation. */
    record Generate() implements Task {}

    /**
     * Make an embedding.
     *
     * @param tokens of the text, as the model is to see it; null where there is a text instead
     */
    record Embed(List<Integer> tokens) implements Task {
        public Embed {
            tokens = tokens == null ? null : List.copyOf(tokens);
            if (tokens != null && tokens.isEmpty()) {
                throw new InvalidPromptException(ErrorCode.INVALID_PROMPT, "tokens", "tokens must not be empty");
            }
        }
    }

    /**
     * Tell a text's tokens.
     *
     * @param addsSpecial whether with those that the model wants around every prompt
     * @param parsesSpecial whether the names of control tokens in the text become these
     * @param withPieces whether with what each token stands for
     */
    record Tokenize(boolean addsSpecial, boolean parsesSpecial, boolean withPieces) implements Task {}

    /** Tell the text of tokens. */
    record Detokenize(List<Integer> tokens) implements Task {
        public Detokenize {
            tokens = List.copyOf(tokens);
        }
    }

    /** Tell what text the model sees of a conversation. */
    record ApplyTemplate() implements Task {}

    /** The task as it stands in JSON. */
    default String text() {
        return switch (this) {
            case Generate _ -> "generate";
            case Embed _ -> "embed";
            case Tokenize _ -> "tokenize";
            case Detokenize _ -> "detokenize";
            case ApplyTemplate _ -> "apply_template";
        };
    }

    /** Tokens that are given instead of a text; none if there are none. */
    default List<Integer> givenTokens() {
        return switch (this) {
            case Embed embed when embed.tokens() != null -> embed.tokens();
            case Detokenize detokenize -> detokenize.tokens();
            default -> List.of();
        };
    }
}
