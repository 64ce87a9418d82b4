package io.millrace.inference.bench;

import io.millrace.inference.Engine;
import io.millrace.inference.GenerationEvent;
import io.millrace.inference.GenerationEvent.Finished;
import io.millrace.inference.GenerationRequest;
import io.millrace.inference.LanguageModel;
import io.millrace.inference.SamplingOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import reactor.core.publisher.Flux;

/** How fast an engine computes prompts and generates, on random tokens. */
public final class EngineBench {
    private static final long NANOS_A_SECOND = 1_000_000_000;

    private final LanguageModel model;
    private final Engine engine;
    private final Random random = new Random(1);
    private final SamplingOptions endless;

    /** Measures an engine, which no one else uses meanwhile. */
    public EngineBench(LanguageModel model, Engine engine) {
        this.model = model;
        this.engine = engine;
        Map<Integer, Float> noEnd = new HashMap<>();
        var vocabulary = model.tokenizer().vocabulary();
        IntStream.range(0, vocabulary.size()).filter(vocabulary::isEndOfGeneration)
                .forEach(token -> noEnd.put(token, Float.NEGATIVE_INFINITY));
        endless = SamplingOptions.GREEDY.withLogitBias(noEnd);
    }

    /** Prompt tokens a second, of one prompt so long. */
    public double prefill(int tokens) {
        Finished finished = run(1, tokens, 1).getFirst();
        return tokens / seconds(finished.prefill());
    }

    /**
     * Generated tokens a second, over all of some sequences at a time.
     *
     * @param tokens each generates, 2 or more: the first comes of the prompt
     */
    public double decode(int sequences, int tokens) {
        List<Finished> all = run(sequences, 1, tokens);
        Duration longest = all.stream().map(Finished::decode).max(Duration::compareTo).orElseThrow();
        return sequences * (tokens - 1) / seconds(longest);
    }

    private List<Finished> run(int sequences, int promptTokens, int tokens) {
        List<Flux<GenerationEvent>> generations = new ArrayList<>();
        for (int i = 0; i < sequences; i++) {
            List<Integer> prompt = random.ints(promptTokens, 0, model.tokenizer().vocabulary().size()).boxed().toList();
            generations.add(engine.generate(new GenerationRequest(prompt, tokens, endless, List.of(),
                    GenerationRequest.DEFAULT_PRIORITY)));
        }
        return Flux.merge(generations).ofType(Finished.class).collectList().block();
    }

    private static double seconds(Duration duration) {
        return (double) duration.toNanos() / NANOS_A_SECOND;
    }
}
