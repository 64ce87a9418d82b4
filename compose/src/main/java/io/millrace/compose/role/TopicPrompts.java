package io.millrace.compose.role;

import io.millrace.compose.client.PromptSender;
import io.millrace.schemas.Prompt;
import io.millrace.sink.PromptQueue;
import java.util.concurrent.CompletionStage;

/** A gateway's prompts go to the topic. The sender stays its owner's to close. */
public record TopicPrompts(PromptSender sender) implements PromptQueue {
    @Override
    public CompletionStage<Void> submit(Prompt prompt) {
        return sender.send(prompt);
    }

    @Override
    public CompletionStage<Void> cancel(String id) {
        return sender.cancel(id);
    }
}
