package io.millrace.ingest;

import io.millrace.inference.EmbeddingEvent;
import io.millrace.inference.EmbeddingRequest;
import io.millrace.inference.GenerationEvent;
import io.millrace.inference.GenerationRequest;
import io.millrace.inference.chat.ChatTemplateException;
import io.millrace.inference.chat.Conversation;
import java.util.OptionalInt;
import reactor.core.publisher.Flux;

/** A model and the engine that runs it, as far as prompts have to do with them. Safe for any thread. */
public interface ServedModel {
    /** What prompts call it by. */
    String name();

    /** How many tokens prompt and answer may have together, 2 or more. */
    int contextLength();

    /** A bare text as tokens, with the beginning-of-sequence token if the model wants one. */
    int[] encode(String text);

    /**
     * A conversation as tokens, ready for the assistant's answer.
     *
     * @throws ChatTemplateException if the model's template refuses it, or there is none
     */
    int[] encode(Conversation conversation);

    /** The bytes that a token stands for; they may end inside a UTF-8 character. */
    byte[] bytes(int token);

    /** The token before code and calls, if the model has one. */
    OptionalInt pythonTag();

    /** How many tokens there are; their ids are smaller. */
    int vocabularySize();

    /**
     * A text as tokens.
     *
     * @param addsSpecial whether with those that the model wants around every prompt
     * @param parsesSpecial whether the names of control tokens in the text become these
     */
    int[] tokenize(String text, boolean addsSpecial, boolean parsesSpecial);

    /** What a token of the vocabulary stands for, as for people: the name of a control token, else its {@link #bytes}. */
    byte[] piece(int token);

    /**
     * What text the model sees of a conversation.
     *
     * @throws ChatTemplateException if the model's template refuses it, or there is none
     */
    String render(Conversation conversation);

    /** As {@link io.millrace.inference.Engine#embed}. */
    Flux<EmbeddingEvent> embed(EmbeddingRequest request);

    /** As {@link io.millrace.inference.Engine#generate}. */
    Flux<GenerationEvent> generate(GenerationRequest request);
}
