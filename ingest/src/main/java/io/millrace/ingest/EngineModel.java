package io.millrace.ingest;

import static java.util.Objects.requireNonNull;

import io.millrace.inference.EmbeddingEvent;
import io.millrace.inference.EmbeddingRequest;
import io.millrace.inference.Engine;
import io.millrace.inference.GenerationEvent;
import io.millrace.inference.GenerationRequest;
import io.millrace.inference.LanguageModel;
import io.millrace.inference.chat.Conversation;
import io.millrace.inference.tokenizer.Vocabulary;
import java.nio.charset.StandardCharsets;
import java.util.OptionalInt;
import java.util.stream.IntStream;
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
    public int vocabularySize() {
        return model.tokenizer().vocabulary().size();
    }

    @Override
    public int[] tokenize(String text, boolean addsSpecial, boolean parsesSpecial) {
        int[] tokens = model.tokenizer().encode(text, parsesSpecial);
        OptionalInt beginning = model.tokenizer().vocabulary().beginningOfSequence();
        return addsSpecial && beginning.isPresent()
                ? IntStream.concat(IntStream.of(beginning.getAsInt()), IntStream.of(tokens)).toArray()
                : tokens;
    }

    @Override
    public byte[] piece(int token) {
        Vocabulary vocabulary = model.tokenizer().vocabulary();
        return vocabulary.isControl(token)
                ? vocabulary.piece(token).getBytes(StandardCharsets.UTF_8)
                : model.tokenizer().bytes(token);
    }

    @Override
    public String render(Conversation conversation) {
        return model.requireChatTemplate().render(conversation);
    }

    @Override
    public Flux<EmbeddingEvent> embed(EmbeddingRequest request) {
        return engine.embed(request);
    }

    @Override
    public Flux<GenerationEvent> generate(GenerationRequest request) {
        return engine.generate(request);
    }
}
