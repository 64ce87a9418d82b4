package io.millrace.sink.http;

import io.millrace.schemas.AnswerDelta;
import io.millrace.schemas.AnswerMessage;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.TokenLogprobs;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Gathers all choices and answers with them at once. Belongs to the request's event loop. */
final class WholeAnswer implements AnswerSink {
    private final RoutingContext context;
    private final AnswerFormat format;
    private final StringBuilder[] texts;
    private final List<List<TokenLogprobs>> logprobs = new ArrayList<>();
    /** For each choice what it says, null where it is nothing but text. */
    private final AnswerMessage.Assembly[] messages;
    private final AnsweredChoice[] answered;
    private AnswerHead head;
    private boolean cancelled;

    WholeAnswer(RoutingContext context, AnswerFormat format, AnswerHead head, int choices) {
        this.context = context;
        this.format = format;
        this.head = head;
        texts = new StringBuilder[choices];
        Arrays.setAll(texts, _ -> new StringBuilder());
        for (int i = 0; i < choices; i++) {
            logprobs.add(new ArrayList<>());
        }
        messages = new AnswerMessage.Assembly[choices];
        answered = new AnsweredChoice[choices];
    }

    @Override
    public void accepted() {
        // there is nothing to show for it yet
    }

    @Override
    public void event(int choice, TokenEvent event) {
        switch (event) {
            case TokenEvent.Started started -> head = head.by(started.model());
            case TokenEvent.Token token -> {
                texts[choice].append(token.text());
                logprobs.get(choice).addAll(StreamFormat.logprobs(token));
                read(choice, token.delta());
            }
            case TokenEvent.Completed completed -> {
                cancelled |= completed.finishReason() == FinishReason.CANCELLED;
                read(choice, completed.delta());
                answered[choice] = new AnsweredChoice(texts[choice].toString(), messages[choice] == null
                        ? null
                        : messages[choice].message(), logprobs.get(choice), completed);
            }
            case TokenEvent.Failed failed -> throw new IllegalArgumentException(failed.toString());
        }
    }

    private void read(int choice, AnswerDelta delta) {
        if (delta != null) {
            if (messages[choice] == null) {
                messages[choice] = new AnswerMessage.Assembly();
            }
            messages[choice].add(delta);
        }
    }

    @Override
    public void completed() {
        if (cancelled) {
            failed(ApiError.cancelled());
        } else {
            Reply.json(context, 200, format.whole(head, Arrays.asList(answered)));
        }
    }

    @Override
    public void failed(ApiError error) {
        Reply.error(context, error);
    }

    @Override
    public void gone() {
        // there is nothing to clean up
    }

    @Override
    public boolean isFull() {
        return false;
    }
}
