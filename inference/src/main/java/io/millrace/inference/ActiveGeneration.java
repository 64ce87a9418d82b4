package io.millrace.inference;

import io.millrace.inference.GenerationEvent.Finished;
import io.millrace.inference.GenerationEvent.Reason;
import io.millrace.inference.GenerationEvent.Started;
import io.millrace.inference.GenerationEvent.Token;
import io.millrace.inference.cache.BlockPool;
import io.millrace.inference.cache.SequenceCache;
import io.millrace.inference.grammar.GrammarConstraint;
import io.millrace.inference.model.Batch;
import io.millrace.inference.sample.Sampler;
import io.millrace.inference.sample.SequenceBreakers;
import io.millrace.inference.sample.StopStrings;
import io.millrace.inference.sample.TokenConstraint;
import io.millrace.inference.schedule.Schedulable;
import io.millrace.inference.tokenizer.Tokenizer;
import io.millrace.inference.tokenizer.Utf8Assembler;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.FluxSink;

/** One generation from request to end. Confined to the step thread, but for {@link #cancel}. */
final class ActiveGeneration implements Schedulable {
    private final GenerationRequest request;
    private final FluxSink<GenerationEvent> sink;
    private final Tokenizer tokenizer;
    private final int contextLength;
    private final SequenceCache cache;
    private final TokenConstraint constraint;
    private final Sampler sampler;
    private final StopStrings stop;
    private final Utf8Assembler utf8 = new Utf8Assembler();
    private final long subscribedNanos = System.nanoTime();

    private long startedNanos;
    private long firstTokenNanos;
    private int computed;
    private int lastToken;
    private int generated;
    private volatile boolean cancelled;

    ActiveGeneration(GenerationRequest request, FluxSink<GenerationEvent> sink, LanguageModel model, BlockPool pool,
            int contextLength) {
        this.request = request;
        this.sink = sink;
        this.tokenizer = model.tokenizer();
        this.contextLength = contextLength;
        this.cache = new SequenceCache(pool);
        this.constraint = request.grammar()
                .map(grammar -> (TokenConstraint) new GrammarConstraint(grammar, tokenizer, model.vocabularyBytes()))
                .orElse(TokenConstraint.NONE);
        this.sampler = new Sampler(request.sampling(), tokenizer.vocabulary().size(), constraint,
                request.sampling().dry().isOn()
                        ? SequenceBreakers.of(request.sampling().dry().breakers(), tokenizer)
                        : SequenceBreakers.NONE);
        this.stop = new StopStrings(request.stop());
    }

    /** May be called from any thread: nobody wants the rest. */
    void cancel() {
        cancelled = true;
    }

    boolean isCancelled() {
        return cancelled;
    }

    @Override
    public int pendingTokens() {
        return request.promptTokens().size() + generated - computed;
    }

    @Override
    public boolean hasDemand() {
        return sink.requestedFromDownstream() > 0;
    }

    @Override
    public int priority() {
        return request.priority();
    }

    /**
     * Says why the request cannot be run.
     *
     * @throws GenerationException for the subscriber
     */
    void validate() {
        List<Integer> prompt = request.promptTokens();
        if (prompt.size() >= contextLength) {
            throw new GenerationException(GenerationException.Kind.PROMPT_TOO_LONG, "the prompt has " + prompt.size()
                    + " tokens, and the context of " + contextLength + " must also hold at least one answer token");
        }
        int vocabulary = tokenizer.vocabulary().size();
        for (int token : prompt) {
            if (token < 0 || token >= vocabulary) {
                throw new GenerationException(GenerationException.Kind.INVALID_TOKEN,
                        "the prompt holds the token " + token + ", but the vocabulary ends at " + (vocabulary - 1));
            }
        }
    }

    void start() {
        startedNanos = System.nanoTime();
        request.promptTokens().forEach(sampler::accept);
        sink.next(new Started(request.promptTokens().size(), 0));
    }

    /**
     * Adds the next pending tokens to a batch.
     *
     * @return the row of the logits to sample from, or -1 while the prompt is not all computed
     */
    int addTo(Batch batch, int tokens) {
        cache.reserve(computed + tokens);
        for (int i = 0; i < tokens; i++) {
            int position = computed++;
            batch.add(position < request.promptTokens().size() ? request.promptTokens().get(position) : lastToken,
                    position, cache);
        }
        return pendingTokens() == 0 ? batch.wantLogits() : -1;
    }

    /**
     * Samples the next token and emits it.
     *
     * @return whether the generation is over
     */
    boolean sample(float[] logits, int offset) {
        int token = sampler.sample(logits, offset, request.promptTokens().size() + generated);
        sampler.accept(token);
        constraint.accept(token);
        lastToken = token;
        if (generated == 0) {
            firstTokenNanos = System.nanoTime();
        }
        generated++;
        String text = stop.append(utf8.append(tokenizer.bytes(token)));
        Reason reason = reasonToEnd(token);
        if (reason != null && !stop.stopped()) {
            text += stop.append(utf8.finish()) + stop.finish();
        }
        sink.next(new Token(generated - 1, token, text, likelihood(token, logits, offset)));
        if (reason == null) {
            return false;
        }
        long now = System.nanoTime();
        sink.next(new Finished(reason, generated, Duration.ofNanos(startedNanos - subscribedNanos),
                Duration.ofNanos(firstTokenNanos - startedNanos), Duration.ofNanos(now - firstTokenNanos)));
        sink.complete();
        return true;
    }

    private Optional<TokenLikelihood> likelihood(int token, float[] logits, int offset) {
        if (request.likelihoods().isEmpty()) {
            return Optional.empty();
        }
        var here = new PositionLogits(request.promptTokens().size() + generated - 1, logits, offset,
                tokenizer.vocabulary().size());
        return Optional.of(TokenLikelihood.of(here, token, request.likelihoods().getAsInt()));
    }

    private Reason reasonToEnd(int token) {
        if (stop.stopped()) {
            return Reason.STOP_STRING;
        }
        if (tokenizer.vocabulary().isEndOfGeneration(token)) {
            return Reason.END_OF_GENERATION;
        }
        if (constraint.isComplete()) {
            return Reason.END_OF_GENERATION;
        }
        if (generated == request.maxTokens()) {
            return Reason.MAX_TOKENS;
        }
        return request.promptTokens().size() + generated >= contextLength ? Reason.CONTEXT_FULL : null;
    }

    void fail(GenerationException exception) {
        sink.error(exception);
    }

    void free() {
        cache.free();
    }
}
