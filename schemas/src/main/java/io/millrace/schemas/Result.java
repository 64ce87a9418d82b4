package io.millrace.schemas;

import static java.util.Objects.requireNonNull;

import java.util.List;

/** What a {@link Task} that generates nothing comes to. */
public sealed interface Result {
    /**
     * Of {@link Task.Embed}.
     *
     * @param values of Euclidean length 1
     */
    record Embedding(List<Float> values) implements Result {
        public Embedding {
            values = List.copyOf(values);
        }
    }

    /**
     * Of {@link Task.Tokenize}.
     *
     * @param pieces for each token the bytes that it stands for, 0 to 255 each; empty if nobody asks for them
     */
    record Tokens(List<Integer> tokens, List<List<Integer>> pieces) implements Result {
        public Tokens {
            tokens = List.copyOf(tokens);
            pieces = List.copyOf(pieces);
        }
    }

    /** Of {@link Task.Detokenize} and {@link Task.ApplyTemplate}. */
    record Text(String text) implements Result {
        public Text {
            requireNonNull(text, "text");
        }
    }
}
