package io.millrace.sink.http;

import io.millrace.schemas.Prompt;
import io.millrace.schemas.TokenEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/**
 * The choices of one request, from sending their prompts to their ends. One that fails ends the others. Belongs to the request's event loop.
 */
final class Answering {
    private static final Logger LOG = LoggerFactory.getLogger(Answering.class);
    private static final int PREFETCH_EVENTS = 64;

    private final Generations generations;
    private final Scheduler eventLoop;
    private final List<Prompt> prompts;
    private final AnswerSink sink;
    private final String traceParent;
    private final boolean isRepeatable;
    private final Runnable whenOver;
    private final List<Choice> choices = new ArrayList<>();
    private int running;
    private boolean over;

    /**
     * Choices to be answered.
     *
     * @param traceParent the trace that the request belongs to; null if to none
     */
    Answering(Generations generations, Scheduler eventLoop, List<Prompt> prompts, AnswerSink sink,
            String traceParent, boolean isRepeatable, Runnable whenOver) {
        this.generations = generations;
        this.eventLoop = eventLoop;
        this.prompts = prompts;
        this.sink = sink;
        this.traceParent = traceParent;
        this.isRepeatable = isRepeatable;
        this.whenOver = whenOver;
    }

    /** Answers with streams that have begun, or are about to. */
    void join() {
        prompts.forEach(prompt -> follow(generations.follow(prompt.id(), 0)));
        sink.accepted();
        resume();
    }

    private void follow(Flux<TokenEvent> stream) {
        var choice = new Choice(choices.size());
        choices.add(choice);
        running++;
        stream.publishOn(eventLoop, false, PREFETCH_EVENTS).subscribe(choice);
    }

    /**
     * Sends the prompts.
     *
     * @param whenSent called with null once they are safe, else with what went wrong
     */
    void begin(Consumer<Throwable> whenSent) {
        // before sending, so that nothing is missed
        prompts.forEach(prompt -> follow(generations.expect(prompt.id())));
        var sent = prompts.stream().map(prompt -> generations.submit(prompt, traceParent).toCompletableFuture())
                .toArray(CompletableFuture[]::new);
        var _ = CompletableFuture.allOf(sent).whenComplete((_, failure) -> eventLoop.schedule(() -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            whenSent.accept(cause);
            sent(cause);
        }));
    }

    private void sent(Throwable failure) {
        if (over) {
            return;
        }
        if (failure == null) {
            sink.accepted();
            resume();
        } else {
            fail(failure);
        }
    }

    /** Goes on where the sink was full. */
    void resume() {
        for (Choice choice : List.copyOf(choices)) {
            choice.resume();
        }
    }

    /** The client has gone: what runs is cancelled, unless it may come back for it. */
    void gone() {
        if (over) {
            return;
        }
        if (isRepeatable) {
            over = true;
            choices.forEach(BaseSubscriber::dispose);
            var _ = Flux.merge(prompts.stream().map(prompt -> generations.follow(prompt.id(), Integer.MAX_VALUE))
                    .toList()).publishOn(eventLoop).subscribe(_ -> {}, _ -> whenOver.run(), whenOver);
        } else {
            end();
            cancelAll();
        }
    }

    private void cancelAll() {
        for (int i = 0; i < prompts.size(); i++) {
            if (!choices.get(i).isEnded) {
                generations.cancel(prompts.get(i).id());
            }
        }
    }

    private void fail(Throwable cause) {
        if (over) {
            return;
        }
        if (!(cause instanceof ApiException)) {
            LOG.atError().addKeyValue("prompt", prompts.getFirst().id()).setCause(cause).log("an answer failed");
        }
        end();
        // a repetition would have the same ids, and be taken for cancelled too
        if (!isRepeatable) {
            cancelAll();
        }
        sink.failed(cause instanceof ApiException known ? known.error() : ApiError.internal());
    }

    private void end() {
        over = true;
        choices.forEach(BaseSubscriber::dispose);
        whenOver.run();
    }

    private void choiceEnded() {
        running--;
        if (running == 0) {
            end();
            sink.completed();
        }
    }

    /** Asks for the next event when the sink has room. */
    private final class Choice extends PacedSubscriber {
        private final int index;
        private boolean isEnded;

        Choice(int index) {
            this.index = index;
        }

        @Override
        protected boolean isFull() {
            return over || sink.isFull();
        }

        @Override
        protected void take(TokenEvent event) {
            if (over) {
                return;
            }
            isEnded = event.isLast();
            if (event instanceof TokenEvent.Failed failed) {
                fail(new ApiException(ApiError.of(failed.error())));
            } else {
                sink.event(index, event);
            }
        }

        @Override
        protected void hookOnComplete() {
            if (!over) {
                choiceEnded();
            }
        }

        @Override
        protected void hookOnError(Throwable error) {
            fail(error);
        }
    }
}
