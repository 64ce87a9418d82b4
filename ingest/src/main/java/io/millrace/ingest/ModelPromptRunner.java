package io.millrace.ingest;

import static java.util.Objects.requireNonNull;
import static java.util.Objects.requireNonNullElse;

import io.millrace.inference.GenerationEvent;
import io.millrace.inference.GenerationRequest;
import io.millrace.inference.SamplingOptions;
import io.millrace.schemas.ErrorCode;
import io.millrace.schemas.InvalidPromptException;
import io.millrace.schemas.Prompt;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import reactor.core.publisher.Flux;

/**
 * Runs prompts with one model: refuses what the model or this version cannot do, tokenises, and fills in what the prompt leaves
 * open. Safe for any thread if its functions are.
 *
 * @param model the model's name; a prompt that asks for another is refused
 * @param contextLength how many tokens prompt and answer may have together
 * @param encode a prompt's text or messages as the tokens the model is to see
 * @param generate the engine
 * @param tokenBytes what a token stands for
 */
public record ModelPromptRunner(String model, int contextLength, Function<Prompt, int[]> encode,
        Function<GenerationRequest, Flux<GenerationEvent>> generate,
        IntFunction<byte[]> tokenBytes) implements PromptRunner {
    public ModelPromptRunner {
        requireNonNull(model, "model");
        requireNonNull(encode, "encode");
        requireNonNull(generate, "generate");
        requireNonNull(tokenBytes, "tokenBytes");
        if (contextLength < 2) {
            throw new IllegalArgumentException("contextLength must be 2 or more, not " + contextLength);
        }
    }

    @Override
    public byte[] bytes(int token) {
        return tokenBytes.apply(token);
    }

    @Override
    public PreparedPrompt prepare(Prompt prompt) {
        check(prompt);
        return new Prepared(request(prompt, encode.apply(prompt)), generate);
    }

    private record Prepared(GenerationRequest request,
            Function<GenerationRequest, Flux<GenerationEvent>> engine) implements PreparedPrompt {
        @Override
        public int promptTokens() {
            return request.promptTokens().size();
        }

        @Override
        public Flux<GenerationEvent> generate(List<Integer> answerTokens, Optional<Instant> deadline) {
            return engine.apply(request.withAnswerTokens(answerTokens).withDeadline(deadline));
        }
    }

    private void check(Prompt prompt) {
        if (prompt.model() != null && !prompt.model().equals(model)) {
            throw new InvalidPromptException(ErrorCode.UNKNOWN_MODEL, "model '" + prompt.model()
                    + "' is not served here; leave model out, or ask for '" + model + "'");
        }
        refuse("tools", prompt.tools());
        refuse("tool_choice", prompt.toolChoice());
    }

    private static void refuse(String field, Object value) {
        if (value != null) {
            throw new InvalidPromptException(ErrorCode.NOT_SUPPORTED,
                    field + " is not supported by this version; leave it out");
        }
    }

    private GenerationRequest request(Prompt prompt, int[] tokens) {
        if (tokens.length == 0) {
            throw new InvalidPromptException("the prompt has no tokens; give it some text");
        }
        int room = contextLength - tokens.length;
        if (room < 1) {
            throw new InvalidPromptException(ErrorCode.CONTEXT_LENGTH_EXCEEDED, "the prompt has " + tokens.length
                    + " tokens and leaves no room in a context of " + contextLength + "; shorten it");
        }
        List<Integer> promptTokens = Arrays.stream(tokens).boxed().toList();
        int maxTokens = Math.min(room, requireNonNullElse(prompt.maxTokens(), room));
        // differs from prompt to prompt, and is the same for whichever worker runs it
        SamplingOptions sampling = SamplingDefaults.fill(prompt.sampling(), seed(prompt.id()));
        var request = new GenerationRequest(promptTokens, maxTokens, sampling, prompt.stop(),
                requireNonNullElse(prompt.priority(), GenerationRequest.DEFAULT_PRIORITY))
                .withGrammar(ResponseFormat.grammar(prompt));
        return prompt.logprobs() == null ? request : request.withLikelihoods(prompt.logprobs());
    }

    /** FNV-1a. */
    private static long seed(String id) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }
}
