package io.millrace.compose.cli;

import io.millrace.schemas.TokenEvent;
import io.millrace.schemas.TokenEventCodec;
import java.nio.charset.StandardCharsets;

/** How token events look on the terminal. */
sealed interface EventPrinter {
    void print(TokenEvent event);

    static EventPrinter of(Output output, boolean json, boolean severalStreams) {
        return json ? new Json(output, new TokenEventCodec()) : new Text(output, severalStreams);
    }

    /** Each event as a line of JSON. */
    record Json(Output output, TokenEventCodec codec) implements EventPrinter {
        @Override
        public void print(TokenEvent event) {
            output.printLine(new String(codec.encode(event), StandardCharsets.UTF_8));
        }
    }

    /** The text as it comes; with several streams, a line with the id wherever another stream goes on. */
    final class Text implements EventPrinter {
        private final Output output;
        private final boolean severalStreams;
        private String current = "";

        Text(Output output, boolean severalStreams) {
            this.output = output;
            this.severalStreams = severalStreams;
        }

        @Override
        public void print(TokenEvent event) {
            if (event instanceof TokenEvent.Token token && !token.text().isEmpty()) {
                if (severalStreams && !current.equals(token.id())) {
                    current = token.id();
                    output.endLine();
                    output.printLine("[" + current + "]");
                }
                output.print(token.text());
            } else if (event.isLast()) {
                output.endLine();
                current = "";
            }
        }
    }
}
