package io.millrace.ingest;

import static java.util.Objects.requireNonNull;

import io.millrace.inference.Engine;
import io.millrace.inference.GenerationEvent;
import io.millrace.inference.GenerationRequest;
import io.millrace.inference.LanguageModel;
import io.millrace.inference.chat.Conversation;
import java.util.OptionalInt;
import reactor.core.publisher.Flux;

/** A model in an engine; both stay their owner's to close. */
public record EngineModel(LanguageModel model, Engine engine) implements ServedModel {
    public EngineModel {
        requireNonNull(model, "model");
        requireNonNull(engine, "engine");
    }

    @Override
    public String name() {
        return model.name();
    }

    @Override
    public int contextLength() {
        return engine.contextLength();
    }

    @Override
    public int[] encode(String text) {
        return model.encode(text);
    }

    @Override
    public int[] encode(Conversation conversation) {
        return model.encodeChat(conversation);
    }

    @Override
    public byte[] bytes(int token) {
        return model.tokenizer().bytes(token);
    }

    @Override
    public OptionalInt pythonTag() {
        return model.pythonTag();
    }

    @Override
    public Flux<GenerationEvent> generate(GenerationRequest request) {
        return engine.generate(request);
    }
}
