package io.millrace.sink;

import io.millrace.schemas.Prompt;
import io.millrace.schemas.TokenEvent;
import io.millrace.sink.http.ApiError;
import io.millrace.sink.http.ApiException;
import io.millrace.sink.http.Generations;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

/** Generations by way of the topics. Hub and queue stay their owner's to close. */
record TopicGenerations(StreamHub hub, PromptQueue prompts) implements Generations {
    private static final Logger LOG = LoggerFactory.getLogger(TopicGenerations.class);

    @Override
    public Flux<TokenEvent> expect(String id) {
        return hub.subscribeToComing(id).onErrorMap(TopicGenerations::broken);
    }

    @Override
    public Flux<TokenEvent> follow(String id, int from) {
        return hub.subscribe(id, from).onErrorMap(TopicGenerations::broken);
    }

    @Override
    public CompletionStage<Boolean> exists(String id) {
        return hub.knows(id).exceptionallyCompose(failure -> CompletableFuture.failedFuture(broken(failure)));
    }

    @Override
    public CompletionStage<Void> submit(Prompt prompt, String traceParent) {
        var sent = new CompletableFuture<Void>();
        Thread.ofVirtual().name("gateway-request").start(() -> {
            try {
                prompts.submit(prompt, traceParent).whenComplete((_, failure) -> {
                    if (failure == null) {
                        sent.complete(null);
                    } else {
                        sent.completeExceptionally(refused(prompt.id(), failure));
                    }
                });
            } catch (RuntimeException e) {
                sent.completeExceptionally(refused(prompt.id(), e));
            }
        });
        return sent;
    }

    @Override
    public void cancel(String id) {
        Thread.ofVirtual().name("gateway-request").start(() -> {
            try {
                prompts.cancel(id).whenComplete((_, failure) -> warnIfAny(id, failure));
            } catch (RuntimeException e) {
                warnIfAny(id, e);
            }
        });
    }

    @Override
    public boolean isHealthy() {
        return hub.isHealthy();
    }

    private static void warnIfAny(String id, Throwable failure) {
        if (failure != null) {
            LOG.atWarn().addKeyValue("prompt", id).log("a prompt for which nobody waits could not be cancelled: {}",
                    failure
                            .toString());
        }
    }

    private static ApiException refused(String id, Throwable failure) {
        Throwable cause = failure instanceof CompletionException e ? e.getCause() : failure;
        LOG.atWarn().addKeyValue("prompt", id).log("a prompt could not be sent on: {}", cause.toString());
        return new ApiException(ApiError.unavailable("the prompt could not be sent on; try again in a while"));
    }

    private static Throwable broken(Throwable failure) {
        return new ApiException(ApiError.unavailable(failure instanceof SlowSubscriberException slow
                ? "this client reads too slowly; what is missing can be had from " + slow.resumeFrom() + " on"
                : "streams cannot be read at the moment; try again in a while"));
    }
}
