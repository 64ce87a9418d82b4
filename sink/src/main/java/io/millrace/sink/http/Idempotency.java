package io.millrace.sink.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Requests that came with an {@code Idempotency-Key}: whoever repeats one joins the streams of the first. What another gateway has sent shows by its stream.
 * Safe for any thread.
 *
 * @see <a href="https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/">the IETF's draft</a>
 */
final class Idempotency {
    private static final int MAX_REMEMBERED = 10_000;

    private record First(String bodyHash, CompletableFuture<Void> sent) {}

    private final Generations generations;
    private final Map<String, First> firsts = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, First> eldest) {
            return size() > MAX_REMEMBERED;
        }
    };

    Idempotency(Generations generations) {
        this.generations = generations;
    }

    /**
     * Tells a request from its repetition.
     *
     * @param id of its first stream, which says whose it is and what its key was
     * @param bodyHash of what it asks for
     * @param isFirstAttempt whether the client knows that it did not send this before, so that no topic has to be read
     * @return whether there is, or will be, such a stream; if not, the caller is to send and then to call {@link #sent}. Fails, on any thread, with an {@link
     *         ApiException}
     */
    synchronized CompletionStage<Boolean> isRepeated(String id, String bodyHash, boolean isFirstAttempt) {
        First known = firsts.get(id);
        if (known == null) {
            var first = new First(bodyHash, new CompletableFuture<>());
            firsts.put(id, first);
            if (isFirstAttempt) {
                return CompletableFuture.completedStage(false);
            }
            return generations.exists(id).whenComplete((_, failure) -> {
                if (failure != null) {
                    sent(id, failure);
                }
            });
        }
        if (!known.bodyHash.equals(bodyHash)) {
            return CompletableFuture.failedStage(new ApiException(ApiError.refusal(422, "idempotency_key_reused",
                    "this Idempotency-Key came with another body before; use a new one")));
        }
        return known.sent.thenApply(_ -> true);
    }

    /** The first of its kind is sent, or failed and is forgotten. */
    synchronized void sent(String id, Throwable failure) {
        First first = firsts.get(id);
        if (first == null) {
            return;
        }
        if (failure == null) {
            first.sent.complete(null);
        } else {
            firsts.remove(id, first);
            first.sent.completeExceptionally(failure);
        }
    }
}
