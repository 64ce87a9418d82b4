package io.millrace.ingest;

import io.millrace.inference.chat.AnswerParser;
import io.millrace.inference.chat.AnswerPart;
import io.millrace.schemas.AnswerDelta;
import java.util.ArrayList;
import java.util.List;

/** Tool calls as the model writes them. Their ids follow from the prompt's. */
final class ToolCallReading implements AnswerReading {
    private static final String DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    /** Mistral's templates take ids of just this length, all others any. */
    private static final int ID_CHARACTERS = 9;

    private final AnswerParser parser;
    private final String promptId;

    ToolCallReading(AnswerParser parser, String promptId) {
        this.parser = parser;
        this.promptId = promptId;
    }

    @Override
    public AnswerDelta read(int token, String text) {
        return delta(parser.append(token, text));
    }

    @Override
    public AnswerDelta end() {
        return delta(parser.finish());
    }

    private AnswerDelta delta(List<AnswerPart> parts) {
        var content = new StringBuilder();
        var calls = new ArrayList<AnswerDelta.Call>();
        for (AnswerPart part : parts) {
            switch (part) {
                case AnswerPart.Text text -> content.append(text.text());
                case AnswerPart.CallBegun begun -> calls.add(
                        new AnswerDelta.Call(begun.index(), id(begun.index()), begun.name(), ""));
                case AnswerPart.Arguments more -> calls.add(
                        new AnswerDelta.Call(more.index(), null, null, more.json()));
                case AnswerPart.CallEnded _ -> {
                    // the next part says so
                }
            }
        }
        return content.isEmpty() && calls.isEmpty()
                ? AnswerDelta.NOTHING
                : new AnswerDelta(content.toString(), calls);
    }

    private String id(int call) {
        long number = Hashes.fnv(promptId + '#' + call);
        var id = new StringBuilder();
        for (int i = 0; i < ID_CHARACTERS; i++) {
            id.append(DIGITS.charAt((int) Long.remainderUnsigned(number, DIGITS.length())));
            number = Long.divideUnsigned(number, DIGITS.length());
        }
        return id.toString();
    }
}
