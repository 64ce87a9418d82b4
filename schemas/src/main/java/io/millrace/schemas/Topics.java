package io.millrace.schemas;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The names of the topics under one prefix.
 *
 * @param prefix what comes before the dot, {@code millrace} unless configured; letters, digits, {@code .}, {@code _}
 *            and {@code -}, at most 200 characters
 */
public record Topics(String prefix) {
    // Before DEFAULT, whose construction needs it.
    private static final Pattern LEGAL = Pattern.compile("[A-Za-z0-9._-]{1,200}");

    public static final Topics DEFAULT = new Topics("millrace");

    public Topics {
        if (!LEGAL.matcher(prefix).matches()) {
            throw new IllegalArgumentException(
                    "topic prefix must be 1 to 200 of the characters a-z A-Z 0-9 . _ -, not '"
                            + prefix + "'");
        }
    }

    /** What people produce to: JSON prompts or plain text. */
    public String prompts() {
        return prefix + ".prompts";
    }

    /** Token events, keyed by request id; as many partitions as {@link #prompts()}. */
    public String tokens() {
        return prefix + ".tokens";
    }

    /** One completion a prompt, written in the transaction that commits the prompt's offset. */
    public String completions() {
        return prefix + ".completions";
    }

    /** Requests to cancel, keyed by request id. */
    public String control() {
        return prefix + ".control";
    }

    /** Prompts that could not be understood, byte for byte as received, with {@link DeadLetterHeaders}. */
    public String deadLetters() {
        return prefix + ".dead-letters";
    }

    /** What each worker is doing, keyed by its id: one {@link WorkerReport} a second, and a tombstone when it ends. */
    public String workers() {
        return prefix + ".workers";
    }

    public List<String> all() {
        return List.of(prompts(), tokens(), completions(), control(), deadLetters(), workers());
    }
}
