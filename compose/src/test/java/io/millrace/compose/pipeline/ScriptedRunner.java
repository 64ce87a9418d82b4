package io.millrace.compose.pipeline;

import io.millrace.inference.GenerationEvent;
import io.millrace.inference.GenerationException;
import io.millrace.ingest.PreparedGeneration;
import io.millrace.ingest.PreparedPrompt;
import io.millrace.ingest.PreparedTask;
import io.millrace.ingest.PromptRunner;
import io.millrace.ingest.TaskEvent;
import io.millrace.schemas.InvalidPromptException;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.Result;
import io.millrace.schemas.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Runs prompts that say what to generate: "20 tokens", "20 tokens every 5 ms", "nothing ever", "a failure", "a refusal". The
 * n-th token is "wN ". Counts what it does.
 */
public final class ScriptedRunner implements PromptRunner {
    private static final int PROMPT_TOKENS = 3;

    final Map<String, AtomicInteger> runs = new ConcurrentHashMap<>();
    final AtomicInteger running = new AtomicInteger();
    final AtomicInteger mostRunning = new AtomicInteger();

    @Override
    public String model() {
        return "scripted";
    }

    @Override
    public PreparedPrompt prepare(Prompt prompt) {
        if (!(prompt.task() instanceof Task.Generate)) {
            return task(prompt);
        }
        if (script(prompt).contains("refusal")) {
            throw new InvalidPromptException("the script says so");
        }
        return new PreparedGeneration() {
            @Override
            public int promptTokens() {
                return PROMPT_TOKENS;
            }

            @Override
            public Flux<GenerationEvent> generate(List<Integer> answerTokens, Optional<Instant> deadline) {
                return run(prompt, answerTokens.size());
            }
        };
    }

    private PreparedTask task(Prompt prompt) {
        Result result = switch (prompt.task()) {
            case Task.Embed _ -> new Result.Embedding(List.of(0.6f, -0.8f));
            case Task.Tokenize tokenize -> new Result.Tokens(List.of(1, 2), tokenize.withPieces()
                    ? List.of(List.of((int) 'a'), List.of(0xe2))
                    : List.of());
            case Task.Detokenize _,Task.ApplyTemplate _,Task.Generate _ -> new Result.Text("text");
        };
        return new PreparedTask() {
            @Override
            public int promptTokens() {
                return PROMPT_TOKENS;
            }

            @Override
            public Flux<TaskEvent> run(Optional<Instant> deadline) {
                runs.computeIfAbsent(prompt.id(), _ -> new AtomicInteger()).incrementAndGet();
                Flux<TaskEvent> done = Flux.just(new TaskEvent.Done(result, Duration.ofMillis(1)));
                return Flux.concat(Flux.just(new TaskEvent.Started()), "nothing ever".equals(prompt.prompt())
                        ? Flux.never()
                        : done);
            }
        };
    }

    private static String script(Prompt prompt) {
        return prompt.prompt() == null ? prompt.messages().getLast().content() : prompt.prompt();
    }

    private Flux<GenerationEvent> run(Prompt prompt, int from) {
        String[] words = script(prompt).split(" ", -1);
        runs.computeIfAbsent(prompt.id(), _ -> new AtomicInteger()).incrementAndGet();
        Flux<GenerationEvent> events = switch (words[1]) {
            case "ever" -> Flux.never();
            case "failure" ->
                Flux.error(new GenerationException(GenerationException.Kind.INTERNAL, "the script says so"));
            default -> tokens(from, Integer.parseInt(words[0]), words.length > 3 ? Integer.parseInt(words[3]) : 0);
        };
        return events.doOnSubscribe(_ -> mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max))
                .doFinally(_ -> running.decrementAndGet());
    }

    private static Flux<GenerationEvent> tokens(int from, int count, int everyMillis) {
        Flux<GenerationEvent> tokens = Flux.range(from, count - from).map(ScriptedRunner::token);
        if (everyMillis > 0) {
            tokens = tokens.concatMap(token -> Mono.just(token).delayElement(Duration.ofMillis(everyMillis)));
        }
        return Flux.concat(Mono.just(new GenerationEvent.Started(PROMPT_TOKENS, 0)), tokens,
                Mono.just(new GenerationEvent.Finished(GenerationEvent.Reason.END_OF_GENERATION, count, Duration.ZERO,
                        Duration.ofMillis(1), Duration.ofMillis(2))));
    }

    private static GenerationEvent token(int index) {
        return new GenerationEvent.Token(index, 1000 + index, "w" + index + " ");
    }

    /** The text of the first {@code count} tokens. */
    public static String text(int count) {
        var text = new StringBuilder();
        for (int i = 0; i < count; i++) {
            text.append('w').append(i).append(' ');
        }
        return text.toString();
    }
}
