package io.millrace.compose.benchmark;

import io.millrace.compose.role.Parts;
import io.millrace.inference.Engine;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.GenerationEvent;
import io.millrace.inference.LanguageModel;
import io.millrace.ingest.EngineModel;
import io.millrace.ingest.ModelPromptRunner;
import io.millrace.ingest.PreparedGeneration;
import io.millrace.schemas.Prompt;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;

/** The engine, called directly. */
record BareEngine(ModelPromptRunner runner) implements Side {
    static BareEngine start(Parts parts, LanguageModel model, EngineOptions options) {
        Engine engine = parts.add("the bare engine", Engine.start(model, options));
        return new BareEngine(new ModelPromptRunner(new EngineModel(model, engine)));
    }

    @Override
    public String name() {
        return "engine";
    }

    private Flux<GenerationEvent> generate(Prompt prompt) {
        return Flux.defer(() -> ((PreparedGeneration) runner.prepare(prompt)).generate(List.of(), Optional.empty()));
    }

    @Override
    public Run run(List<Prompt> prompts) {
        var begun = System.nanoTime();
        var tokens = new AtomicLong();
        Flux.merge(Flux.fromIterable(prompts).map(this::generate), prompts.size())
                .doOnNext(event -> {
                    if (event instanceof GenerationEvent.Token) {
                        tokens.incrementAndGet();
                    }
                }).blockLast();
        return new Run(tokens.get(), Duration.ofNanos(System.nanoTime() - begun));
    }

    @Override
    public Duration toFirstToken(Prompt prompt) {
        var begun = System.nanoTime();
        var first = new AtomicLong();
        generate(prompt).doOnNext(event -> {
            if (event instanceof GenerationEvent.Token) {
                first.compareAndSet(0, System.nanoTime());
            }
        }).blockLast();
        return Duration.ofNanos(first.get() - begun);
    }
}
