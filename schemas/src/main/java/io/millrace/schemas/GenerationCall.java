package io.millrace.schemas;

import java.util.ArrayList;
import java.util.List;

/**
 * What an HTTP client asks for: one prompt or several, each answered by as many choices.
 *
 * @param prompts without ids
 * @param choices of each prompt, 1 or more; no more than {@link #MAX_CHOICES} altogether, or {@link #MAX_INPUTS} where nothing is generated
 * @param stream whether the answer is wanted piece by piece
 * @param includeUsage whether a streamed answer is to tell its token counts
 */
public record GenerationCall(List<Prompt> prompts, int choices, boolean stream, boolean includeUsage) {
    /** As many as OpenAI's clients accept. */
    public static final int MAX_CHOICES = 128;
    /** As many as OpenAI's API embeds at a time. */
    public static final int MAX_INPUTS = 2048;

    public GenerationCall {
        prompts = List.copyOf(prompts);
        Range.closed("n", choices, 1, MAX_CHOICES);
        boolean isGeneration = prompts.isEmpty() || prompts.getFirst().task() instanceof Task.Generate;
        if (isGeneration && (prompts.isEmpty() || (long) prompts.size() * choices > MAX_CHOICES)) {
            throw new InvalidPromptException(ErrorCode.INVALID_PROMPT, "prompt",
                    "prompt must hold from 1 to " + MAX_CHOICES + " texts, n choices of each counted");
        }
        if (prompts.size() > MAX_INPUTS) {
            throw new InvalidPromptException(ErrorCode.INVALID_PROMPT, "input",
                    "input must hold at most " + MAX_INPUTS + " texts, not " + prompts.size());
        }
    }

    /**
     * A prompt for each choice, in the order of their indices. One choice alone has the id itself; of several, each has a number behind it. Choices of one
     * prompt differ by their seeds: given ones count up, others are the workers' to choose.
     */
    public List<Prompt> named(String id) {
        if (prompts.size() * choices == 1) {
            return List.of(prompts.getFirst().withId(id));
        }
        var named = new ArrayList<Prompt>();
        for (Prompt prompt : prompts) {
            for (int choice = 0; choice < choices; choice++) {
                Long seed = prompt.sampling().seed();
                named.add(prompt.withSampling(prompt.sampling().withSeed(seed == null ? null : seed + choice))
                        .withId(id + "-" + named.size()));
            }
        }
        return named;
    }
}
