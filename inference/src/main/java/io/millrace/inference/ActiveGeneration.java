package io.millrace.inference;

import io.millrace.inference.cache.BlockPool;
import io.millrace.inference.cache.SequenceCache;
import io.millrace.inference.cache.TokenSequence;
import io.millrace.inference.draft.Drafter;
import io.millrace.inference.model.Batch;
import io.millrace.inference.schedule.Precedence;
import java.time.Instant;
import java.util.List;
import reactor.core.publisher.FluxSink;

/** One generation from request to end. Confined to the step thread, but for {@link #cancel}. */
final class ActiveGeneration implements ActiveSequence {
    private final GenerationRequest request;
    private final FluxSink<GenerationEvent> sink;
    private final int vocabulary;
    private final int contextLength;
    private final Precedence precedence;
    private final SequenceCache cache;
    private final Answer answer;
    private final TokenSequence tokens;
    private final Drafter drafter;
    /** This step's guesses at what follows, if any. */
    private final int[] draft;
    private int drafted;

    /** Positions whose keys and values the cache holds. */
    private int computed;
    /** Where the logits to sample from are in this step's: first those behind the last token, then behind each guess; -1 while the prompt is not all computed. */
    private int firstRow;
    private boolean started;
    private volatile boolean cancelled;

    ActiveGeneration(GenerationRequest request, FluxSink<GenerationEvent> sink, LanguageModel model,
            EngineOptions options, BlockPool pool, Precedence precedence, Drafter drafter) {
        this.request = request;
        this.sink = sink;
        this.vocabulary = model.tokenizer().vocabulary().size();
        this.contextLength = options.contextLength();
        this.precedence = precedence;
        this.cache = new SequenceCache(pool);
        this.answer = new Answer(request, sink, model, contextLength);
        this.drafter = drafter;
        this.draft = new int[options.speculation().tokens()];
        this.tokens = new TokenSequence(request.promptTokens());
        request.answerTokens().forEach(tokens::append);
    }

    /** May be called from any thread: nobody wants the rest. */
    @Override
    public void cancel() {
        cancelled = true;
    }

    @Override
    public boolean isCancelled() {
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
        return cache.missing(tokens, Math.min(tokens.size() + BlockPool.BLOCK_TOKENS, longest()));
    }

    /** The most tokens that there will be. */
    private int longest() {
        return (int) Math.min(contextLength, (long) request.promptTokens().size() + request.maxTokens());
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
    @Override
    public boolean isLate(Instant now) {
        return !started && request.deadline().isPresent() && !now.isBefore(request.deadline().get());
    }

    /**
     * Says why the request cannot be run.
     *
     * @throws GenerationException for the subscriber
     */
    @Override
    public void validate() {
        List<Integer> prompt = request.promptTokens();
        if (prompt.size() >= contextLength) {
            throw new GenerationException(GenerationException.Kind.PROMPT_TOO_LONG, "the prompt has " + prompt.size()
                    + " tokens, and the context of " + contextLength + " must also hold at least one answer token");
        }
        ActiveSequence.requireKnown("prompt", prompt, vocabulary);
        ActiveSequence.requireKnown("answer begun elsewhere", request.answerTokens(), vocabulary);
    }

    /**
     * Begins, or goes on where it was when it was preempted, with what the cache knows. An answer begun elsewhere may be {@link #isOver over} with that.
     *
     * @return whether it begins
     */
    @Override
    public boolean start() {
        computed = cache.adopt(tokens);
        boolean begins = !started;
        if (begins) {
            started = true;
            answer.start(computed);
        }
        return begins;
    }

    /**
     * Adds the next pending tokens to a batch, their blocks being reserved, and guesses at what follows if there is room.
     *
     * @param room how many tokens more the batch may take
     * @return how many guesses there are
     */
    @Override
    public int addTo(Batch batch, int count, int room) {
        for (int end = computed + count; computed < end; computed++) {
            batch.add(tokens.get(computed), computed, cache);
        }
        drafted = 0;
        firstRow = -1;
        if (pendingTokens() == 0) {
            firstRow = batch.wantCandidates(answer.candidates());
            addDraftTo(batch, room);
        }
        return drafted;
    }

    /** As much as could be emitted, and never at the cost of another's memory. */
    private void addDraftTo(Batch batch, int room) {
        // one token comes of the last row anyway
        long wanted = Math.min(sink.requestedFromDownstream(), longest() - tokens.size()) - 1;
        int most = (int) Math.min(wanted, Math.min(draft.length, room));
        int guesses = most > 0 ? drafter.draft(tokens, draft, most) : 0;
        if (guesses == 0 || !cache.tryReserve(tokens.size() + guesses)) {
            return;
        }
        for (; drafted < guesses; drafted++) {
            batch.add(draft[drafted], tokens.size() + drafted, cache);
            batch.wantCandidates(answer.candidates());
        }
    }

    /**
     * Goes on with what was computed: when the prompt is done, samples tokens and emits them, one, and one more behind each guess that
     * was right. What is behind a wrong one was computed in vain, and will be overwritten.
     *
     * @return how many guesses were right
     */
    @Override
    public int advance(Computation computation) {
        int accepted = 0;
        if (firstRow >= 0) {
            while (sampleBehind(accepted, computation)) {
                accepted++;
            }
            computed += accepted;
        }
        cache.publish(tokens, computed);
        return accepted;
    }

    /** Samples behind so many guesses; tells whether the next guess was right, and the generation goes on. */
    private boolean sampleBehind(int guesses, Computation computation) {
        int row = firstRow + guesses;
        int token = answer.next(computation.logits(), computation.offset(row), computation.chosen(row));
        tokens.append(token);
        return !answer.isOver() && guesses < drafted && token == draft[guesses];
    }

    @Override
    public boolean isOver() {
        return answer.isOver();
    }

    @Override
    public void fail(GenerationException exception) {
        sink.error(exception);
    }

    /** Gives its memory back: to end, or to be computed again. */
    @Override
    public void free() {
        cache.free();
        drafter.close();
        computed = 0;
    }
}
