package io.millrace.ingest;

import static java.util.Objects.requireNonNullElse;

import io.millrace.inference.EmbeddingEvent;
import io.millrace.inference.EmbeddingRequest;
import io.millrace.inference.GenerationRequest;
import io.millrace.inference.chat.ChatTemplateException;
import io.millrace.schemas.ErrorCode;
import io.millrace.schemas.InvalidPromptException;
import io.millrace.schemas.Prompt;
import io.millrace.schemas.Result;
import io.millrace.schemas.Task;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import reactor.core.publisher.Flux;

/** What a model can be asked for without having it generate. Safe for any thread. */
record ModelTasks(ServedModel served) {
    /**
     * Embeddings, which take a while, and what is done at once.
     *
     * @throws InvalidPromptException if the model cannot do it
     */
    PreparedTask prepare(Prompt prompt, Task task) {
        return switch (task) {
            case Task.Embed embed -> embedding(prompt, embed);
            case Task.Tokenize tokenize -> tokens(prompt.prompt(), tokenize);
            case Task.Detokenize detokenize -> new AtOnce(detokenize.tokens().size(), text(detokenize.tokens()));
            case Task.ApplyTemplate _ -> new AtOnce(0, rendered(prompt));
            case Task.Generate _ -> throw new IllegalArgumentException("to generate is no task of this kind");
        };
    }

    private PreparedTask embedding(Prompt prompt, Task.Embed embed) {
        List<Integer> tokens = embed.tokens() == null
                ? Arrays.stream(served.encode(prompt.prompt())).boxed().toList()
                : embed.tokens();
        if (tokens.isEmpty()) {
            throw new InvalidPromptException("the text has no tokens; give it some words");
        }
        if (tokens.size() > served.contextLength()) {
            throw new InvalidPromptException(ErrorCode.CONTEXT_LENGTH_EXCEEDED, "the text has " + tokens.size()
                    + " tokens, more than the context of " + served.contextLength() + "; shorten it");
        }
        tokens.forEach(this::requireKnown);
        return new Embedding(served, tokens, requireNonNullElse(prompt.priority(), GenerationRequest.DEFAULT_PRIORITY));
    }

    private PreparedTask tokens(String text, Task.Tokenize tokenize) {
        int[] tokens = served.tokenize(text, tokenize.addsSpecial(), tokenize.parsesSpecial());
        List<List<Integer>> pieces = new ArrayList<>();
        long size = 0;
        for (int token : tokens) {
            size += RecordSize.OF_NUMBER;
            if (tokenize.withPieces()) {
                byte[] piece = served.piece(token);
                size += RecordSize.ofText(piece.length);
                pieces.add(unsigned(piece));
            }
        }
        RecordSize.require(size);
        return new AtOnce(tokens.length, new Result.Tokens(Arrays.stream(tokens).boxed().toList(), pieces));
    }

    private static List<Integer> unsigned(byte[] bytes) {
        List<Integer> values = new ArrayList<>(bytes.length);
        for (byte value : bytes) {
            values.add(Byte.toUnsignedInt(value));
        }
        return values;
    }

    private Result text(List<Integer> tokens) {
        var bytes = new ByteArrayOutputStream();
        for (int token : tokens) {
            requireKnown(token);
            bytes.writeBytes(served.piece(token));
            RecordSize.require(bytes.size());
        }
        return text(bytes.toString(StandardCharsets.UTF_8));
    }

    private static Result text(String text) {
        RecordSize.require(RecordSize.ofText(text));
        return new Result.Text(text);
    }

    private Result rendered(Prompt prompt) {
        try {
            return text(served.render(Conversations.of(prompt.messages(), prompt.tools())));
        } catch (ChatTemplateException e) {
            throw new InvalidPromptException(e.getMessage());
        }
    }

    private void requireKnown(int token) {
        if (token < 0 || token >= served.vocabularySize()) {
            throw new InvalidPromptException(ErrorCode.INVALID_PROMPT, "tokens", "there is no token " + token
                    + ": the model's vocabulary ends at " + (served.vocabularySize() - 1));
        }
    }

    private record AtOnce(int promptTokens, Result result) implements PreparedTask {
        @Override
        public Flux<TaskEvent> run(Optional<Instant> deadline) {
            return Flux.just(new TaskEvent.Started(), new TaskEvent.Done(result, Duration.ZERO));
        }
    }

    private record Embedding(ServedModel served, List<Integer> tokens, int priority) implements PreparedTask {
        @Override
        public int promptTokens() {
            return tokens.size();
        }

        @Override
        public Flux<TaskEvent> run(Optional<Instant> deadline) {
            return served.embed(new EmbeddingRequest(tokens, priority, deadline)).map(event -> switch (event) {
                case EmbeddingEvent.Started _ -> new TaskEvent.Started();
                case EmbeddingEvent.Embedded embedded ->
                    new TaskEvent.Done(new Result.Embedding(embedded.values()), embedded.computed());
            });
        }
    }
}
