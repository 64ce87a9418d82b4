package io.millrace.compose.role;

import io.millrace.compose.client.PromptSender;
import io.millrace.compose.trace.Traces;
import io.millrace.schemas.Prompt;
import io.millrace.sink.PromptQueue;
import java.util.concurrent.CompletionStage;

/** A gateway's prompts go to the topic. The sender stays its owner's to close. */
public record TopicPrompts(PromptSender sender, Traces traces) implements PromptQueue {
    /** Prompts that are in no trace of this process. */
    public TopicPrompts(PromptSender sender) {
        this(sender, Traces.NONE);
    }

    @Override
    public CompletionStage<Void> submit(Prompt prompt) {
        return submit(prompt, null);
    }

    @Override
    public CompletionStage<Void> submit(Prompt prompt, String traceParent) {
        return traces.sending(prompt.id(), traceParent, parent -> sender.send(prompt, parent));
    }

    @Override
    public CompletionStage<Void> cancel(String id) {
        return sender.cancel(id);
    }
}
