package io.millrace.compose.chaos;

import java.net.http.HttpClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Follow every second prompt's stream. Belongs to one thread. */
final class Clients implements AutoCloseable {
    private static final int FIRST_TOKENS_SECONDS = 10;
    private static final int LAST_FRAMES_SECONDS = 30;

    private final HttpClient http = HttpClient.newHttpClient();
    private final List<String> gateways;
    private final Random random;
    private final List<Watcher> watchers = new ArrayList<>();

    /** Clients of gateways that come and go. */
    Clients(List<String> gateways, Random random) {
        this.gateways = gateways;
        this.random = random;
    }

    /** Returns once one of them has a token, or what went before keeps them waiting. */
    void follow(List<String> prompts) {
        var begun = new ArrayList<CompletableFuture<Void>>();
        for (int i = 1; i < prompts.size(); i += 2) {
            var watcher = new Watcher(http, gateways, new Random(random.nextLong()), prompts.get(i));
            watcher.start();
            watchers.add(watcher);
            begun.add(watcher.begun());
        }
        CompletableFuture.anyOf(begun.toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, FIRST_TOKENS_SECONDS, TimeUnit.SECONDS).join();
    }

    /** Returns once all have seen the end; one that waits in vain is for the checker to name. */
    void awaitEnd() {
        CompletableFuture.allOf(watchers.stream().map(Watcher::ended).toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, LAST_FRAMES_SECONDS, TimeUnit.SECONDS).join();
    }

    /** What they saw. They follow nothing any more. */
    List<Watched> watched() {
        return watchers.stream().map(Watcher::watched).toList();
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
