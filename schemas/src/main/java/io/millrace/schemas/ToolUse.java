package io.millrace.schemas;

import java.util.List;

/**
 * Which tools a prompt offers, and how they may be used.
 *
 * @param tools none of them named like another
 * @param choice null for {@link ToolChoice.Auto}
 * @param isParallel whether an answer may hold several calls; null for yes
 */
public record ToolUse(List<Tool> tools, ToolChoice choice, Boolean isParallel) {
    /** As many as OpenAI's API allows. */
    public static final int MAX_TOOLS = 128;
    /** Nothing is offered. */
    public static final ToolUse NONE = new ToolUse(List.of(), null, null);

    public ToolUse {
        tools = List.copyOf(tools);
        if (tools.size() > MAX_TOOLS) {
            throw new InvalidPromptException(ErrorCode.INVALID_PROMPT, "tools",
                    "tools must hold at most " + MAX_TOOLS + " tools, not " + tools.size());
        }
    }

    /** Whether the model is to be told of tools. */
    public boolean isOffered() {
        return !tools.isEmpty() && !(choice instanceof ToolChoice.None);
    }
}
