package io.millrace.compose.chat;

import io.millrace.inference.Engine;
import io.millrace.inference.GenerationEvent;
import io.millrace.inference.GenerationEvent.Finished;
import io.millrace.inference.GenerationEvent.Token;
import io.millrace.inference.GenerationException;
import io.millrace.inference.GenerationRequest;
import io.millrace.inference.LanguageModel;
import io.millrace.inference.SamplingOptions;
import io.millrace.inference.grammar.Grammar;
import io.millrace.inference.chat.ChatMessage;
import io.millrace.inference.chat.ChatTemplateException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import reactor.core.publisher.Sinks;

/** A conversation: what was said so far, and the answer that is being generated. For one thread, but for {@link #stop}. */
public final class ChatSession {
    /** Events asked of the engine at a time: a slow terminal holds it up, and not by much. */
    private static final int PREFETCH = 32;

    private final LanguageModel model;
    private final Engine engine;
    private final SamplingOptions sampling;
    private final int maxTokens;
    private final Optional<ChatMessage> system;
    private final Optional<Grammar> grammar;
    private final List<ChatMessage> exchanges = new ArrayList<>();
    private final AtomicReference<Sinks.Empty<Void>> running = new AtomicReference<>();
    private Optional<Finished> last = Optional.empty();

    /**
     * Begins a conversation. Model and engine stay their owner's to close.
     *
     * @param maxTokens the longest answer
     * @param system what the model is told before all else
     * @param grammar what each answer must look like, if not just any will do
     */
    public ChatSession(LanguageModel model, Engine engine, SamplingOptions sampling, int maxTokens,
            Optional<String> system, Optional<Grammar> grammar) {
        this.model = model;
        this.engine = engine;
        this.sampling = sampling;
        this.maxTokens = maxTokens;
        this.grammar = grammar;
        this.system = system.map(text -> ChatMessage.of("system", text));
    }

    /**
     * Asks, and hands the answer on as it comes. Both are remembered, the answer as far as it came if it is stopped; if it cannot be begun, neither is.
     *
     * @throws ChatTemplateException if the model has no place for the conversation
     * @throws GenerationException if it does not fit the context, or the engine fails
     */
    public void ask(String question, Consumer<String> answerPart) {
        exchanges.add(ChatMessage.of("user", question));
        var answer = new StringBuilder();
        boolean begun = false;
        try {
            List<Integer> prompt = Arrays.stream(model.encodeChat(messages())).boxed().toList();
            var request = new GenerationRequest(prompt, maxTokens, sampling, List.of(),
                    GenerationRequest.DEFAULT_PRIORITY).withGrammar(grammar);
            Sinks.Empty<Void> stop = Sinks.empty();
            running.set(stop);
            for (GenerationEvent event : engine.generate(request).takeUntilOther(stop.asMono()).toIterable(PREFETCH)) {
                begun = true;
                switch (event) {
                    case Token token -> {
                        answer.append(token.text());
                        answerPart.accept(token.text());
                    }
                    case Finished finished -> last = Optional.of(finished);
                    default -> {
                    }
                }
            }
        } finally {
            running.set(null);
            if (begun) {
                exchanges.add(ChatMessage.of("assistant", answer.toString()));
            } else {
                exchanges.removeLast();
            }
        }
    }

    /** Ends the answer that is being generated, if there is one. For any thread. */
    public void stop() {
        Sinks.Empty<Void> stop = running.get();
        if (stop != null) {
            stop.tryEmitEmpty();
        }
    }

    /** All messages, the system message first. */
    public List<ChatMessage> messages() {
        var messages = new ArrayList<ChatMessage>();
        system.ifPresent(messages::add);
        messages.addAll(exchanges);
        return messages;
    }

    /** Forgets all that was said but the system message. */
    void clear() {
        exchanges.clear();
    }

    /** Takes the last question and its answer back; false if there is none. */
    boolean undo() {
        return remove(exchanges.size() - 2);
    }

    /** Forgets the first question and its answer; false if there is none. */
    boolean forget() {
        return remove(0);
    }

    private boolean remove(int from) {
        if (exchanges.isEmpty()) {
            return false;
        }
        exchanges.subList(from, from + 2).clear();
        return true;
    }

    /** Tokens of the conversation so far. */
    int tokens() {
        return exchanges.isEmpty() ? 0 : model.encodeChat(messages()).length;
    }

    int contextLength() {
        return engine.contextLength();
    }

    String modelName() {
        return model.name();
    }

    /** How the last whole answer went. */
    Optional<Finished> lastFinished() {
        return last;
    }
}
