package io.millrace.compose.cli;

import io.millrace.schemas.ChatMessage;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.Task;
import io.millrace.schemas.ToolUse;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What a prompt asks for besides its text. */
final class PromptFlags {
    @Option(names = {"-n", "--n-predict"}, paramLabel = "N", description = "Generate at most N tokens.")
    private Integer maxTokens;

    @Option(names = {"-r",
            "--stop"}, paramLabel = "TEXT", description = "End the generation where TEXT appears; may be given several times.")
    private List<String> stop = List.of();

    @Option(names = "--system", paramLabel = "TEXT", description = "A system message before the prompt.")
    private String system;

    @Option(names = "--raw", description = "Send the text as it is, to be continued, not as a message to be answered.")
    private boolean raw;

    @Option(names = "--priority", paramLabel = "0..9", description = "Who goes first when not all fit; 5 unless given.")
    private Integer priority;

    @Option(names = "--deadline-ms", paramLabel = "MS", description = "Give up if the prompt still waits after MS milliseconds.")
    private Long deadlineMillis;

    @Mixin
    private SamplingFlags sampling;

    Prompt prompt(String id, String text) {
        return new Prompt(id, null, null, new Task.Generate(), raw ? text : null, raw ? null : messages(text),
                maxTokens,
                sampling.settings(), stop, null, null, null, ToolUse.NONE, priority, deadlineMillis, null);
    }

    private List<ChatMessage> messages(String text) {
        var messages = new ArrayList<ChatMessage>();
        if (system != null) {
            messages.add(new ChatMessage("system", system));
        }
        messages.add(new ChatMessage("user", text));
        return messages;
    }
}
