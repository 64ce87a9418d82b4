package io.millrace.inference;

import io.millrace.inference.GenerationEvent.Started;
import io.millrace.inference.GenerationEvent.Token;
import io.millrace.inference.SamplingOptions.Penalties;
import io.millrace.inference.SamplingOptions.Temperature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Real models for engine tests, by name, and what is done with them again and again. */
final class TestModels {
    private TestModels() {}

    /** The one built in, or one beside the checkout, without which a test is skipped. */
    static LanguageModel open(String name) {
        return name.equals("demo") ? LanguageModel.demo() : LanguageModel.load(SharedData.model(name + ".gguf"));
    }

    static List<Integer> encode(LanguageModel model, String text) {
        return Arrays.stream(model.encode(text)).boxed().toList();
    }

    static GenerationRequest request(List<Integer> prompt, int maxTokens, SamplingOptions sampling) {
        return new GenerationRequest(prompt, maxTokens, sampling, List.of(), GenerationRequest.DEFAULT_PRIORITY);
    }

    /** Draws, and depends on what was generated before. */
    static SamplingOptions seeded(int seed) {
        return SamplingOptions.DEFAULT.withTemperature(Temperature.of(0.9f))
                .withPenalties(new Penalties(1.1f, 64, 0.1f, 0)).withSeed(seed);
    }

    static List<GenerationEvent> run(Engine engine, GenerationRequest request) {
        return engine.generate(request).collectList().block();
    }

    static List<Integer> ids(List<GenerationEvent> events) {
        return events.stream().filter(Token.class::isInstance).map(event -> ((Token) event).id()).toList();
    }

    static int cachedTokens(List<GenerationEvent> events) {
        return ((Started) events.getFirst()).cachedTokens();
    }

    static List<Integer> joined(List<Integer> first, List<Integer> second) {
        var all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
