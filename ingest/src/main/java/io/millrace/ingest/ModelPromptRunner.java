package io.millrace.ingest;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import io.millrace.inference.GenerationEvent;
import io.millrace.inference.GenerationRequest;
import io.millrace.inference.SamplingOptions;
import io.millrace.inference.chat.ChatTemplateException;
import io.millrace.schemas.ErrorCode;
import io.millrace.schemas.InvalidPromptException;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.Task;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;

/**
 * Runs prompts with one model: refuses what the model or this version cannot do, tokenises, and fills in what the prompt leaves
 * open. Safe for any thread.
 */
public record ModelPromptRunner(ServedModel served) implements PromptRunner {
    public ModelPromptRunner {
        requireNonNull(served, "served");
    }

    @Override
    public String model() {
        return served.name();
    }

    @Override
    public byte[] bytes(int token) {
        return served.bytes(token);
    }

    @Override
    public PreparedPrompt prepare(Prompt prompt) {
        check(prompt);
        if (!(prompt.task() instanceof Task.Generate)) {
            return new ModelTasks(served).prepare(prompt, prompt.task());
        }
        return new Prepared(prompt, request(prompt, encode(prompt)), served);
    }

    private record Prepared(Prompt prompt, GenerationRequest request,
            ServedModel served) implements PreparedGeneration {
        @Override
        public int promptTokens() {
            return request.promptTokens().size();
        }

        @Override
        public Flux<GenerationEvent> generate(List<Integer> answerTokens, Optional<Instant> deadline) {
            return served.generate(request.withAnswerTokens(answerTokens).withDeadline(deadline));
        }

        @Override
        public Optional<AnswerReading> reading() {
            return ToolCalls.reading(prompt.tools(), served.pythonTag(), prompt.id());
        }
    }

    private void check(Prompt prompt) {
        if (prompt.model() != null && !prompt.model().equals(served.name())) {
            throw new InvalidPromptException(ErrorCode.UNKNOWN_MODEL, "model '" + prompt.model()
                    + "' is not served here; leave model out, or ask for '" + served.name() + "'");
        }
        ToolCalls.check(prompt.tools(), prompt.messages() != null);
    }

    private int[] encode(Prompt prompt) {
        if (prompt.messages() == null) {
            return served.encode(prompt.prompt());
        }
        try {
            return served.encode(Conversations.of(prompt.messages(), prompt.tools()));
        } catch (ChatTemplateException e) {
            throw new InvalidPromptException(e.getMessage());
        }
    }

    private GenerationRequest request(Prompt prompt, int[] tokens) {
        if (tokens.length == 0) {
            throw new InvalidPromptException("the prompt has no tokens; give it some text");
        }
        int room = served.contextLength() - tokens.length;
        if (room < 1) {
            throw new InvalidPromptException(ErrorCode.CONTEXT_LENGTH_EXCEEDED, "the prompt has " + tokens.length
                    + " tokens and leaves no room in a context of " + served.contextLength() + "; shorten it");
        }
        List<Integer> promptTokens = Arrays.stream(tokens).boxed().toList();
        int maxTokens = Math.min(room, requireNonNullElse(prompt.maxTokens(), room));
        // differs from prompt to prompt, and is the same for whichever worker runs it
        SamplingOptions sampling = SamplingDefaults.fill(prompt.sampling(), Hashes.fnv(prompt.id()));
        var request = new GenerationRequest(promptTokens, maxTokens, sampling, prompt.stop(),
                requireNonNullElse(prompt.priority(), GenerationRequest.DEFAULT_PRIORITY))
                .withGrammar(ResponseFormat.grammar(prompt));
        return prompt.logprobs() == null ? request : request.withLikelihoods(prompt.logprobs());
    }
}
