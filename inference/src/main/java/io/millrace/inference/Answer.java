package io.millrace.inference;

import io.millrace.inference.GenerationEvent.Finished;
import io.millrace.inference.GenerationEvent.Reason;
import io.millrace.inference.GenerationEvent.Started;
import io.millrace.inference.GenerationEvent.Token;
import io.millrace.inference.grammar.GrammarConstraint;
import io.millrace.inference.sample.Sampler;
import io.millrace.inference.sample.SequenceBreakers;
import io.millrace.inference.sample.StopStrings;
import io.millrace.inference.sample.TokenConstraint;
import io.millrace.inference.tokenizer.Tokenizer;
import io.millrace.inference.tokenizer.Utf8Assembler;
import java.time.Duration;
import java.util.Optional;
import reactor.core.publisher.FluxSink;

/** What a generation says: chooses its tokens, makes text of them, emits both and knows when to end. For the step thread. */
final class Answer {
    private final GenerationRequest request;
    private final FluxSink<GenerationEvent> sink;
    private final Tokenizer tokenizer;
    private final int contextLength;
    private final TokenConstraint constraint;
    private final Sampler sampler;
    private final StopStrings stop;
    private final Utf8Assembler utf8 = new Utf8Assembler();
    private final long subscribedNanos = System.nanoTime();

    private long startedNanos;
    private long firstTokenNanos;
    private int generated;
    private boolean over;

    Answer(GenerationRequest request, FluxSink<GenerationEvent> sink, LanguageModel model, int contextLength) {
        this.request = request;
        this.sink = sink;
        this.tokenizer = model.tokenizer();
        this.contextLength = contextLength;
        this.constraint = request.grammar()
                .map(grammar -> (TokenConstraint) new GrammarConstraint(grammar, tokenizer, model.vocabularyBytes()))
                .orElse(TokenConstraint.NONE);
        this.sampler = new Sampler(request.sampling(), tokenizer.vocabulary().size(), constraint,
                request.sampling().dry().isOn()
                        ? SequenceBreakers.of(request.sampling().dry().breakers(), tokenizer)
                        : SequenceBreakers.NONE);
        this.stop = new StopStrings(request.stop());
    }

    /** Begins, with so many of the prompt's tokens known. */
    void start(int cachedTokens) {
        startedNanos = System.nanoTime();
        request.promptTokens().forEach(sampler::accept);
        sink.next(new Started(request.promptTokens().size(), cachedTokens));
        resume();
    }

    /** Takes in what another engine said already. It may have ended without having told. */
    private void resume() {
        Reason reason = null;
        for (int i = 0; i < request.answerTokens().size() && reason == null; i++) {
            int token = request.answerTokens().get(i);
            take(token);
            reason = reasonToEnd(token);
        }
        if (reason != null) {
            firstTokenNanos = startedNanos;
            finish(reason);
        }
    }

    /** Follows a token; returns the text that becomes certain with it. */
    private String take(int token) {
        sampler.accept(token);
        constraint.accept(token);
        generated++;
        return stop.append(utf8.append(tokenizer.bytes(token)));
    }

    /** How many of the greatest logits are enough to go on; 0 if all are needed. */
    int candidates() {
        return request.likelihoods().isEmpty() ? sampler.candidates() : 0;
    }

    /**
     * Chooses the next token from logits and emits it.
     *
     * @param among the tokens that have a logit; empty if all have
     */
    int next(float[] logits, int offset, int[] among) {
        int token = sampler.sample(logits, offset, request.promptTokens().size() + generated, among);
        if (firstTokenNanos == 0) {
            firstTokenNanos = System.nanoTime();
        }
        String text = take(token);
        Reason reason = reasonToEnd(token);
        if (reason != null && !stop.stopped()) {
            text += stop.append(utf8.finish()) + stop.finish();
        }
        sink.next(new Token(generated - 1, token, text, likelihood(token, logits, offset)));
        if (reason != null) {
            finish(reason);
        }
        return token;
    }

    private void finish(Reason reason) {
        over = true;
        long now = System.nanoTime();
        sink.next(new Finished(reason, generated, Duration.ofNanos(startedNanos - subscribedNanos),
                Duration.ofNanos(firstTokenNanos - startedNanos), Duration.ofNanos(now - firstTokenNanos)));
        sink.complete();
    }

    /** Whether there is nothing more to say, and the subscriber knows. */
    boolean isOver() {
        return over;
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
}
