package io.millrace.inference;

import io.millrace.inference.cache.BlockPool;
import io.millrace.inference.cache.SequenceCache;
import io.millrace.inference.cache.TokenSequence;
import io.millrace.inference.model.Batch;
import io.millrace.inference.schedule.Precedence;
import io.millrace.inference.schedule.Schedulable;
import java.time.Instant;
import java.util.List;
import reactor.core.publisher.FluxSink;

/** One generation from request to end. Confined to the step thread, but for {@link #cancel}. */
final class ActiveGeneration implements Schedulable {
    private final GenerationRequest request;
    private final FluxSink<GenerationEvent> sink;
    private final int vocabulary;
    private final int contextLength;
    private final Precedence precedence;
    private final SequenceCache cache;
    private final Answer answer;
    private final TokenSequence tokens;

    /** Positions whose keys and values the cache holds. */
    private int computed;
    /** The row of the logits to sample from, in this step's batch; -1 while the prompt is not all computed. */
    private int row;
    private boolean started;
    private volatile boolean cancelled;

    ActiveGeneration(GenerationRequest request, FluxSink<GenerationEvent> sink, LanguageModel model, BlockPool pool,
            int contextLength, Precedence precedence) {
        this.request = request;
        this.sink = sink;
        this.vocabulary = model.tokenizer().vocabulary().size();
        this.contextLength = contextLength;
        this.precedence = precedence;
        this.cache = new SequenceCache(pool);
        this.answer = new Answer(request, sink, model, contextLength);
        this.tokens = new TokenSequence(request.promptTokens());
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
        return tokens.size() - computed;
    }

    @Override
    public boolean hasDemand() {
        return sink.requestedFromDownstream() > 0;
    }

    @Override
    public Precedence precedence() {
        return precedence;
    }

    @Override
    public int wantedBlocks() {
        int longest = (int) Math.min(contextLength, (long) request.promptTokens().size() + request.maxTokens());
        return cache.missing(tokens, Math.min(tokens.size() + BlockPool.BLOCK_TOKENS, longest));
    }

    @Override
    public boolean holdsBlocks() {
        return !cache.isEmpty();
    }

    @Override
    public boolean reserve(int count) {
        return cache.tryReserve(computed + count);
    }

    /** Whether it was not begun before its deadline. */
    boolean isLate(Instant now) {
        return !started && request.deadline().isPresent() && !now.isBefore(request.deadline().get());
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
        for (int token : prompt) {
            if (token < 0 || token >= vocabulary) {
                throw new GenerationException(GenerationException.Kind.INVALID_TOKEN,
                        "the prompt holds the token " + token + ", but the vocabulary ends at " + (vocabulary - 1));
            }
        }
    }

    /**
     * Begins, or goes on where it was when it was preempted, with what the cache knows.
     *
     * @return whether it begins
     */
    boolean start() {
        computed = cache.adopt(tokens);
        boolean begins = !started;
        if (begins) {
            started = true;
            answer.start(computed);
        }
        return begins;
    }

    /** Adds the next pending tokens to a batch; their blocks are reserved. */
    void addTo(Batch batch, int count) {
        for (int end = computed + count; computed < end; computed++) {
            batch.add(tokens.get(computed), computed, cache);
        }
        row = pendingTokens() == 0 ? batch.wantLogits() : -1;
    }

    /**
     * Goes on with what was computed: when the prompt is done, samples the next token and emits it.
     *
     * @return whether the generation is over
     */
    boolean advance(Computation computation) {
        cache.publish(tokens, computed);
        if (row < 0) {
            return false;
        }
        tokens.append(answer.next(computation.logits(), computation.offset(row)));
        return answer.isOver();
    }

    void fail(GenerationException exception) {
        sink.error(exception);
    }

    /** Gives its memory back: to end, or to be computed again. */
    void free() {
        cache.free();
        computed = 0;
    }
}
