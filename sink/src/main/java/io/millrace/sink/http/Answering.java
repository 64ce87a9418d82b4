package io.millrace.sink.http;

import io.millrace.schemas.Prompt;
import io.millrace.schemas.TokenEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.BaseSubscriber;
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
    private final List<Choice> choices = new ArrayList<>();
    private int running;
    private boolean over;

    Answering(Generations generations, Scheduler eventLoop, List<Prompt> prompts, AnswerSink sink) {
        this.generations = generations;
        this.eventLoop = eventLoop;
        this.prompts = prompts;
        this.sink = sink;
    }

    void begin() {
        running = prompts.size();
        for (Prompt prompt : prompts) {
            var choice = new Choice(choices.size());
            choices.add(choice);
            // before sending, so that nothing is missed
            generations.expect(prompt.id()).publishOn(eventLoop, false, PREFETCH_EVENTS).subscribe(choice);
        }
        var sent = prompts.stream().map(prompt -> generations.submit(prompt).toCompletableFuture())
                .toArray(CompletableFuture[]::new);
        var _ = CompletableFuture.allOf(sent).whenComplete((_, failure) -> eventLoop.schedule(() -> sent(failure)));
    }

    private void sent(Throwable failure) {
        if (over) {
            return;
        }
        if (failure == null) {
            sink.accepted();
            resume();
        } else {
            fail(failure instanceof CompletionException ? failure.getCause() : failure);
        }
    }

    /** Goes on where the sink was full. */
    void resume() {
        for (Choice choice : List.copyOf(choices)) {
            choice.resume();
        }
    }

    /** Nobody waits for the answer any more. */
    void abandon() {
        if (!over) {
            end();
            prompts.forEach(prompt -> generations.cancel(prompt.id()));
        }
    }

    private void fail(Throwable cause) {
        if (over) {
            return;
        }
        if (!(cause instanceof ApiException)) {
            LOG.error("the answer {} failed", prompts.getFirst().id(), cause);
        }
        abandon();
        sink.failed(cause instanceof ApiException known ? known.error() : ApiError.internal());
    }

    private void end() {
        over = true;
        choices.forEach(BaseSubscriber::dispose);
    }

    private void choiceEnded() {
        running--;
        if (running == 0) {
            end();
            sink.completed();
        }
    }

    /** Asks for the next event when the sink has room. */
    private final class Choice extends BaseSubscriber<TokenEvent> {
        private final int index;
        private boolean waiting = true;

        Choice(int index) {
            this.index = index;
        }

        void resume() {
            if (waiting && !over && !sink.isFull()) {
                waiting = false;
                request(1);
            }
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            // demand comes with resume()
        }

        @Override
        protected void hookOnNext(TokenEvent event) {
            if (over) {
                return;
            }
            waiting = true;
            if (event instanceof TokenEvent.Failed failed) {
                fail(new ApiException(ApiError.of(failed.error())));
            } else {
                sink.event(index, event);
            }
            resume();
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
