package io.millrace.inference;

import io.millrace.inference.cache.BlockPool;
import io.millrace.inference.cache.SequenceCache;
import io.millrace.inference.cache.TokenSequence;
import io.millrace.inference.model.Batch;
import io.millrace.inference.schedule.Precedence;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import reactor.core.publisher.FluxSink;

/**
 * One text on its way to an embedding: the mean of its tokens' hidden states behind the last norm, scaled to length 1, as llama.cpp's mean pooling. The sum is all that
 * is kept of them, and positions are added in order, so that neither chunks nor company change it. Prefixes that others computed are of no use here, since their hidden states are gone.
 */
final class ActiveEmbedding implements ActiveSequence {
    private final EmbeddingRequest request;
    private final FluxSink<EmbeddingEvent> sink;
    private final int vocabulary;
    private final int contextLength;
    private final Precedence precedence;
    private final SequenceCache cache;
    private final TokenSequence tokens;
    private final double[] sum;
    /** Positions whose keys and values the cache holds. */
    private int computed;
    /** Where this step's hidden states are, and how many. */
    private int firstRow;
    private int rows;
    private long startedNanos;
    private boolean started;
    private boolean over;
    private volatile boolean cancelled;

    ActiveEmbedding(EmbeddingRequest request, FluxSink<EmbeddingEvent> sink, LanguageModel model, int contextLength,
            BlockPool pool, Precedence precedence) {
        this.request = request;
        this.sink = sink;
        this.vocabulary = model.tokenizer().vocabulary().size();
        this.contextLength = contextLength;
        this.precedence = precedence;
        this.cache = new SequenceCache(pool);
        this.tokens = new TokenSequence(request.tokens());
        this.sum = new double[model.embeddingLength()];
    }

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
        return cache.isEmpty() ? BlockPool.blocksFor(tokens.size()) : cache.missing(tokens, tokens.size());
    }

    @Override
    public boolean holdsBlocks() {
        return !cache.isEmpty();
    }

    @Override
    public boolean reserve(int count) {
        return cache.tryReserve(computed + count);
    }

    @Override
    public boolean isLate(Instant now) {
        return !started && request.deadline().isPresent() && !now.isBefore(request.deadline().get());
    }

    @Override
    public void validate() {
        if (tokens.size() > contextLength) {
            throw new GenerationException(GenerationException.Kind.PROMPT_TOO_LONG, "the text has " + tokens.size()
                    + " tokens, and the context holds " + contextLength);
        }
        ActiveSequence.requireKnown("text", request.tokens(), vocabulary);
    }

    @Override
    public boolean start() {
        boolean begins = !started;
        if (begins) {
            started = true;
            startedNanos = System.nanoTime();
            sink.next(new EmbeddingEvent.Started(tokens.size()));
        }
        return begins;
    }

    @Override
    public int addTo(Batch batch, int count, int room) {
        for (rows = 0; rows < count; rows++, computed++) {
            batch.add(tokens.get(computed), computed, cache);
            int row = batch.wantHidden();
            firstRow = rows == 0 ? row : firstRow;
        }
        return 0;
    }

    @Override
    public int advance(Computation computation) {
        float[] hidden = computation.hidden();
        for (int row = firstRow; row < firstRow + rows; row++) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += hidden[row * sum.length + i];
            }
        }
        if (pendingTokens() == 0) {
            over = true;
            sink.next(new EmbeddingEvent.Embedded(normalised(), Duration.ofNanos(System.nanoTime() - startedNanos)));
            sink.complete();
        }
        return 0;
    }

    /** The mean's direction is the sum's. */
    private List<Float> normalised() {
        double length = Math.sqrt(Arrays.stream(sum).map(value -> value * value).sum());
        return Arrays.stream(sum).mapToObj(value -> length == 0 ? 0f : (float) (value / length)).toList();
    }

    @Override
    public boolean isOver() {
        return over;
    }

    @Override
    public void fail(GenerationException exception) {
        sink.error(exception);
    }

    @Override
    public void free() {
        cache.free();
        computed = 0;
        Arrays.fill(sum, 0);
    }
}
