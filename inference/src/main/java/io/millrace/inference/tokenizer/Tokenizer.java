package io.millrace.inference.tokenizer;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Text to token ids and back, for one vocabulary. Safe for any thread. */
public interface Tokenizer {
    /** The tokens, their kinds, and the ones with a special meaning. */
    Vocabulary vocabulary();

    /**
     * The ids of a text, without a beginning-of-sequence token. Unpaired surrogates count as U+FFFD.
     *
     * @param parseSpecial whether the names of special tokens in the text, such as {@code <|eot_id|>}, become those
     *            tokens (for rendered chat templates) or stay ordinary text (for what people write)
     */
    default int[] encode(String text, boolean parseSpecial) {
        return encode(List.of(new Segment(text, parseSpecial)));
    }

    /**
     * The ids of a text of which only some stretches may name special tokens. The stretches are one text: words and merges
     * go across their borders, but the name of a control token counts only if all of it may be special.
     */
    int[] encode(List<Segment> text);

    /**
     * The bytes a token stands for; they may end inside a UTF-8 character. Control tokens have none. The array is shared:
     * do not change it.
     *
     * @throws IndexOutOfBoundsException for an id the vocabulary does not have
     */
    byte[] bytes(int token);

    /**
     * The text of a whole sequence, the inverse of {@link #encode(String, boolean)} for ordinary text.
     *
     * @throws IndexOutOfBoundsException for an id the vocabulary does not have
     */
    default String decode(int... tokens) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int token : tokens) {
            bytes.writeBytes(bytes(token));
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }
}
