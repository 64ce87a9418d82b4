package io.millrace.sink.http;

import io.millrace.schemas.ChatMessage;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.Tool;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How much each key has in hand, and whether it may have more. Safe for any thread.
 */
public final class Quotas {
    /** Of English text; a gateway has no model that could tell. */
    private static final int CHARACTERS_PER_TOKEN = 4;
    private static final int RETRY_SECONDS = 1;
    /** A backlog takes longer to go. */
    private static final int LAG_RETRY_SECONDS = 5;

    private final Limits limits;
    private final Workers workers;
    private final Map<String, Load> loads = new HashMap<>();

    private record Load(int requests, long tokens) {}

    /** Room for prompts that were let in, to be given back once. */
    public interface Permit extends AutoCloseable {
        @Override
        void close();
    }

    public Quotas(Limits limits, Workers workers) {
        this.limits = limits;
        this.workers = workers;
    }

    /**
     * Lets prompts in.
     *
     * @throws ApiException saying when to come again, if there is no room
     */
    public Permit take(Caller caller, List<Prompt> prompts) {
        long lag = workers.lag();
        if (lag >= limits.maxLag()) {
            throw new ApiException(ApiError.tooMany("lag_exceeded", lag + " prompts wait already, and no more than "
                    + limits.maxLag() + " may", LAG_RETRY_SECONDS));
        }
        long tokens = prompts.stream().mapToLong(Quotas::tokens).sum();
        add(caller.name(), prompts.size(), tokens);
        var isOpen = new AtomicBoolean(true);
        return () -> {
            if (isOpen.compareAndSet(true, false)) {
                remove(caller.name(), prompts.size(), tokens);
            }
        };
    }

    private synchronized void add(String name, int requests, long tokens) {
        if (requests > limits.maxQueuedRequests()) {
            // waiting would not help
            throw new ApiException(ApiError.refusal(400, "too_many_prompts", "the request makes " + requests
                    + " prompts, and a key may have no more than " + limits.maxQueuedRequests()
                    + " at a time; send fewer with each"));
        }
        Load load = loads.getOrDefault(name, new Load(0, 0));
        if (load.requests + requests > limits.maxQueuedRequests()) {
            throw new ApiException(ApiError.tooMany("too_many_requests", load.requests
                    + " prompts of this key have not ended, and no more than " + limits.maxQueuedRequests() + " may be",
                    RETRY_SECONDS));
        }
        if (load.requests > 0 && load.tokens + tokens > limits.maxQueuedTokens()) {
            throw new ApiException(ApiError.tooMany("too_many_tokens", "prompts of some " + load.tokens
                    + " tokens of this key have not ended, and no more than " + limits.maxQueuedTokens()
                    + " may be", RETRY_SECONDS));
        }
        loads.put(name, new Load(load.requests + requests, load.tokens + tokens));
    }

    private synchronized void remove(String name, int requests, long tokens) {
        loads.computeIfPresent(name, (_, load) -> load.requests == requests
                ? null
                : new Load(load.requests - requests, load.tokens - tokens));
    }

    private static long tokens(Prompt prompt) {
        long characters = prompt.prompt() == null ? 0 : prompt.prompt().length();
        if (prompt.messages() != null) {
            characters += prompt.messages().stream().mapToLong(Quotas::characters).sum();
        }
        for (Tool tool : prompt.tools().tools()) {
            characters += tool.name().length() + (tool.description() == null ? 0 : tool.description().length())
                    + (tool.parameters() == null ? 0 : tool.parameters().toString().length());
        }
        return 1 + prompt.task().givenTokens().size() + characters / CHARACTERS_PER_TOKEN;
    }

    private static long characters(ChatMessage message) {
        return message.content().length()
                + message.toolCalls().stream().mapToLong(call -> call.name().length() + call.arguments().length())
                        .sum();
    }
}
