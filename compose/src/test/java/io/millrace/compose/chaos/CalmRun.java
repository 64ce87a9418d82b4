package io.millrace.compose.chaos;

import io.millrace.inference.Engine;
import io.millrace.inference.EngineOptions;
import io.millrace.inference.GenerationEvent;
import io.millrace.inference.LanguageModel;
import io.millrace.ingest.EngineModel;
import io.millrace.ingest.ModelPromptRunner;
import io.millrace.ingest.PreparedGeneration;
import io.millrace.schemas.Prompt;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** What prompts come to in an engine to which nothing happens. */
final class CalmRun {
    private static final int SEQUENCES = 8;

    private record Answer(String id, String text) {}

    private CalmRun() {}

    /** By id. */
    static Map<String, String> texts(List<Prompt> prompts) {
        try (var model = LanguageModel.demo()) {
            EngineOptions options = EngineOptions.defaults(model).withMaxSequences(SEQUENCES);
            try (var engine = Engine.start(model, options)) {
                var runner = new ModelPromptRunner(new EngineModel(model, engine));
                return Flux.fromIterable(prompts).flatMap(prompt -> answer(runner, prompt), SEQUENCES).collectList()
                        .block().stream().collect(Collectors.toMap(Answer::id, Answer::text));
            }
        }
    }

    private static Mono<Answer> answer(ModelPromptRunner runner, Prompt prompt) {
        return ((PreparedGeneration) runner.prepare(prompt)).generate(List.of(), Optional.empty())
                .ofType(GenerationEvent.Token.class)
                .map(GenerationEvent.Token::text).reduce("", String::concat)
                .map(text -> new Answer(prompt.id(), text));
    }
}
