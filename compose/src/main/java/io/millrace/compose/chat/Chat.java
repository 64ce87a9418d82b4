package io.millrace.compose.chat;

import io.millrace.inference.GenerationException;
import io.millrace.inference.chat.ChatTemplateException;
import java.util.Optional;
import java.util.function.Consumer;

/** Reads lines: questions are answered, commands obeyed, until the lines or a command end it. */
public final class Chat {
    private static final String PROMPT = "> ";
    private static final String CONTINUED = ". ";
    private static final String QUOTES = "\"\"\"";

    private final ChatSession session;
    private final Lines lines;
    private final Consumer<String> out;
    private final ChatCommands commands;

    /**
     * Begins nothing yet.
     *
     * @param out takes text as it comes, line ends included
     */
    public Chat(ChatSession session, Lines lines, Consumer<String> out) {
        this.session = session;
        this.lines = lines;
        this.out = out;
        this.commands = new ChatCommands(session, out);
    }

    /** Talks until it is ended. */
    public void run() {
        boolean goesOn = true;
        while (goesOn) {
            Optional<String> text = nextText();
            goesOn = text.isPresent() && handle(text.get());
        }
    }

    /** A line, or all lines between triple quotes. */
    private Optional<String> nextText() {
        Optional<String> line = lines.next(PROMPT);
        if (line.isEmpty() || !line.get().startsWith(QUOTES)) {
            return line;
        }
        var text = new StringBuilder(line.get().substring(QUOTES.length()));
        while (!text.toString().endsWith(QUOTES)) {
            line = lines.next(CONTINUED);
            if (line.isEmpty()) {
                return Optional.of(text.toString());
            }
            text.append(text.isEmpty() ? "" : "\n").append(line.get());
        }
        text.setLength(text.length() - QUOTES.length());
        return Optional.of(text.toString().stripTrailing());
    }

    private boolean handle(String text) {
        if (text.isBlank()) {
            return true;
        }
        if (text.startsWith("/")) {
            return commands.obey(text.strip());
        }
        try {
            lines.interruptibly(() -> session.ask(text, out), session::stop);
            out.accept("\n");
        } catch (GenerationException e) {
            boolean tooLong = e.kind() == GenerationException.Kind.PROMPT_TOO_LONG;
            out.accept(
                    e.getMessage() + (tooLong ? ": /forget drops what was said first, /clear all of it" : "") + "\n");
        } catch (ChatTemplateException e) {
            out.accept(e.getMessage() + "\n");
        }
        return true;
    }
}
