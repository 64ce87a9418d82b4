package io.millrace.compose.chat;

import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;

/** What a line that begins with a slash does. */
final class ChatCommands {
    private enum Command {
        HELP("this list"), CLEAR("forget all that was said"), UNDO(
                "take the last question and its answer back"),
        FORGET("forget the first question and its answer"), DUMP(
                "show all that was said"),
        CONTEXT("how much of the context is used"), STATS(
                "how fast the last answer came"),
        EXIT("end; so does Ctrl-D");

        private final String meaning;

        Command(String meaning) {
            this.meaning = meaning;
        }

        private String word() {
            return "/" + name().toLowerCase(Locale.ROOT);
        }
    }

    private final ChatSession session;
    private final Consumer<String> out;

    ChatCommands(ChatSession session, Consumer<String> out) {
        this.session = session;
        this.out = out;
    }

    /** Whether to go on after it. */
    boolean obey(String line) {
        var command = Arrays.stream(Command.values()).filter(known -> known.word().equals(line)).findFirst();
        if (command.isEmpty()) {
            say("there is no command " + line.split("\\s", 2)[0] + "; /help lists them");
            return true;
        }
        switch (command.get()) {
            case HELP -> help();
            case CLEAR -> {
                session.clear();
                say("all is forgotten");
            }
            case UNDO -> say(session.undo() ? "the last question is taken back" : "nothing was asked yet");
            case FORGET -> say(session.forget() ? "the first question is forgotten" : "nothing was asked yet");
            case DUMP -> session.messages()
                    .forEach(message -> say(message.role() + ": " + message.content().orElse("")));
            case CONTEXT -> say(session.tokens() + " of " + session.contextLength() + " tokens are used");
            case STATS -> stats();
            case EXIT -> {
                return false;
            }
        }
        return true;
    }

    private void help() {
        for (Command command : Command.values()) {
            say(String.format(Locale.ROOT, "%-9s %s", command.word(), command.meaning));
        }
        say("\"\"\"       begins and ends a text of several lines");
        say("Ctrl-C    stops an answer");
    }

    private void stats() {
        session.lastFinished().ifPresentOrElse(finished -> {
            double seconds = finished.decode().toNanos() / 1e9;
            say(String.format(Locale.ROOT, "%d tokens, the first after %.0f ms, then %.1f a second",
                    finished.generatedTokens(), finished.prefill().toNanos() / 1e6,
                    seconds == 0 ? 0 : (finished.generatedTokens() - 1) / seconds));
        }, () -> say("nothing was answered yet"));
    }

    private void say(String line) {
        out.accept(line + "\n");
    }
}
