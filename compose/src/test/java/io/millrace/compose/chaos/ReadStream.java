package io.millrace.compose.chaos;

import io.millrace.schemas.TokenEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A stream as its readers see it: events of a lower attempt than the last, and tokens that are there, are passed over. */
final class ReadStream {
    private final List<TokenEvent.Token> tokens = new ArrayList<>();
    private final List<TokenEvent.Token> passedOver = new ArrayList<>();
    private int attempt;
    private TokenEvent end;
    private String gap;

    static ReadStream of(List<StreamRecord> records) {
        var stream = new ReadStream();
        records.forEach(record -> stream.apply(record.event()));
        return stream;
    }

    private void apply(TokenEvent event) {
        boolean isNews = event.attempt() >= attempt && end == null;
        if (isNews) {
            attempt = event.attempt();
        }
        if (event instanceof TokenEvent.Token token) {
            if (isNews && token.seq() >= tokens.size()) {
                add(token);
            } else {
                passedOver.add(token);
            }
        } else if (event.isLast() && isNews) {
            end = event;
        }
    }

    private void add(TokenEvent.Token token) {
        if (token.seq() > tokens.size() && gap == null) {
            gap = "after seq " + (tokens.size() - 1) + " comes " + token.seq() + " of attempt " + token.attempt();
        }
        tokens.add(token);
    }

    int attempt() {
        return attempt;
    }

    int size() {
        return tokens.size();
    }

    int passedOver() {
        return passedOver.size();
    }

    String text() {
        return tokens.stream().map(TokenEvent.Token::text).reduce("", String::concat);
    }

    Optional<TokenEvent> end() {
        return Optional.ofNullable(end);
    }

    /** Where a token is missing. */
    Optional<String> gap() {
        return Optional.ofNullable(gap);
    }

    /** A token that two workers saw differently: seeds and positions should leave them no choice. */
    Optional<String> divergence() {
        return passedOver.stream().filter(token -> token.seq() < tokens.size())
                .filter(token -> tokens.get(token.seq()).token() != token.token())
                .map(token -> "at seq " + token.seq() + ", attempt " + token.attempt() + " has token " + token.token()
                        + " and attempt " + tokens.get(token.seq()).attempt() + " has " + tokens.get(token.seq())
                                .token())
                .findFirst();
    }
}
