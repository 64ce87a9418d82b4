package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import com.openai.client.OpenAIClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIServiceException;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.Completion;
import com.openai.models.completions.CompletionChoice;
import com.openai.models.completions.CompletionCreateParams;
import com.openai.models.models.Model;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What OpenAI's own Java client gets from a gateway, a worker with the built-in model, and nothing but a broker between them. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
// their client says so of seed, which is kept here
@SuppressWarnings("deprecation")
class OpenAiIT {
    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

    private static DemoPipeline demo;
    private static String model;
    private static OpenAIClient client;

    @BeforeAll
    static void bringUp() {
        demo = new DemoPipeline(CLUSTER);
        model = demo.model.name();
        client = demo.client;
    }

    @AfterAll
    static void bringDown() {
        demo.close();
    }

    private static ChatCompletionCreateParams.Builder chat() {
        return ChatCompletionCreateParams.builder().model(model).addUserMessage("Tell me a story about a boat")
                .maxCompletionTokens(12).seed(7);
    }

    private static CompletionCreateParams.Builder completion() {
        return CompletionCreateParams.builder().model(model).prompt("Once upon a time").maxTokens(12).seed(1);
    }

    private static ChatCompletion answer(ChatCompletionCreateParams.Builder request) {
        return client.chat().completions().create(request.build());
    }

    private static Completion answer(CompletionCreateParams.Builder request) {
        return client.completions().create(request.build());
    }

    private static List<ChatCompletionChunk> chunks(ChatCompletionCreateParams.Builder request) {
        try (StreamResponse<ChatCompletionChunk> response = client.chat().completions()
                .createStreaming(request.build())) {
            return response.stream().toList();
        }
    }

    @Test
    void aChatIsAnswered() {
        ChatCompletion answer = answer(chat().addSystemMessage("You tell stories.").addDeveloperMessage("Be brief."));
        assertThat(answer.id()).startsWith("chatcmpl-");
        assertThat(answer.model()).isEqualTo(model);
        assertThat(answer.choices()).singleElement().satisfies(choice -> {
            assertThat(choice.message().content().orElseThrow()).isNotBlank();
            assertThat(choice.finishReason()).isIn(ChatCompletion.Choice.FinishReason.STOP,
                    ChatCompletion.Choice.FinishReason.LENGTH);
        });
        assertThat(answer.usage()).hasValueSatisfying(usage -> {
            assertThat(usage.completionTokens()).isBetween(1L, 12L);
            assertThat(usage.promptTokens()).isPositive();
            assertThat(usage.totalTokens()).isEqualTo(usage.promptTokens() + usage.completionTokens());
        });
    }

    @Test
    void aStreamedChatHasTheSameText() {
        String whole = answer(chat()).choices().getFirst().message().content().orElseThrow();
        var chunks = chunks(chat());
        assertThat(chunks.getFirst().choices().getFirst().delta().role()).isPresent();
        assertThat(chunks.stream().flatMap(chunk -> chunk.choices().stream())
                .flatMap(choice -> choice.delta().content().stream()).collect(Collectors.joining())).isEqualTo(whole);
        assertThat(chunks.getLast().choices().getFirst().finishReason())
                .contains(ChatCompletionChunk.Choice.FinishReason.LENGTH);
        assertThat(chunks).extracting(ChatCompletionChunk::id).containsOnly(chunks.getFirst().id());
        assertThat(chunks).extracting(ChatCompletionChunk::created).containsOnly(chunks.getFirst().created());
        assertThat(chunks).extracting(ChatCompletionChunk::usage).allMatch(java.util.Optional::isEmpty);
    }

    @Test
    void aStreamTellsItsUsageInAChunkOfItsOwnWhenAsked() {
        var chunks = chunks(chat().streamOptions(ChatCompletionStreamOptions.builder().includeUsage(true).build()));
        assertThat(chunks.getLast().choices()).isEmpty();
        assertThat(chunks.getLast().usage().orElseThrow().completionTokens()).isEqualTo(12);
        assertThat(chunks.subList(0, chunks.size() - 1)).extracting(ChatCompletionChunk::usage)
                .allMatch(java.util.Optional::isEmpty);
    }

    @Test
    void aTextIsContinued() {
        Completion answer = answer(completion());
        assertThat(answer.choices().getFirst().text()).isNotBlank();
        assertThat(answer.choices().getFirst().finishReason()).isEqualTo(CompletionChoice.FinishReason.LENGTH);
    }

    @Test
    void aStreamedTextIsTheSame() {
        // their client expects of each piece what OpenAI says in the last one alone
        var lenient = client.withOptions(options -> options.responseValidation(false));
        try (var stream = lenient.completions().createStreaming(completion().build())) {
            String text = stream.stream().map(piece -> piece.choices().getFirst().text())
                    .collect(Collectors.joining());
            assertThat(text).isEqualTo(answer(completion()).choices().getFirst().text());
        }
    }

    @Test
    void theSameSeedGivesTheSameTextAndAnotherGivesAnother() {
        String text = answer(completion().seed(3)).choices().getFirst().text();
        assertThat(answer(completion().seed(3)).choices().getFirst().text()).isEqualTo(text);
        assertThat(answer(completion().seed(4)).choices().getFirst().text()).isNotEqualTo(text);
    }

    @Test
    void twoChoicesDifferAndAreCountedTogether() {
        ChatCompletion answer = answer(chat().n(2).seed(1));
        assertThat(answer.choices()).extracting(ChatCompletion.Choice::index).containsExactly(0L, 1L);
        assertThat(answer.choices()).extracting(choice -> choice.message().content().orElseThrow())
                .doesNotHaveDuplicates();
        assertThat(answer.usage().orElseThrow().completionTokens()).isEqualTo(24);
        var chunks = chunks(chat().n(2).seed(1));
        for (var choice : answer.choices()) {
            assertThat(chunks.stream().flatMap(chunk -> chunk.choices().stream())
                    .filter(piece -> piece.index() == choice.index())
                    .flatMap(piece -> piece.delta().content().stream()).collect(Collectors.joining()))
                    .isEqualTo(choice.message().content().orElseThrow());
        }
    }

    @Test
    void severalPromptsAreAnsweredInTheirOrder() {
        Completion both = answer(completion().promptOfArrayOfStrings(List.of("Once upon a time", "The little boat"))
                .temperature(0));
        Completion second = answer(completion().prompt("The little boat").temperature(0));
        assertThat(both.choices()).hasSize(2);
        assertThat(both.choices().getLast().text()).isEqualTo(second.choices().getFirst().text());
    }

    @Test
    void aStopStringEndsTheTextAndIsNoPartOfIt() {
        String text = answer(completion().temperature(0).maxTokens(40)).choices().getFirst().text();
        String stop = text.substring(20, 24);
        Completion stopped = answer(completion().temperature(0).maxTokens(40).stop(stop));
        assertThat(stopped.choices().getFirst().text()).isEqualTo(text.substring(0, text.indexOf(stop)));
        assertThat(stopped.choices().getFirst().finishReason()).isEqualTo(CompletionChoice.FinishReason.STOP);
        assertThat(answer(completion().temperature(0).maxTokens(40).stopOfStrings(List.of("never", stop))).choices()
                .getFirst().text()).isEqualTo(stopped.choices().getFirst().text());
    }

    @Test
    void aSchemaIsKept() {
        ChatCompletion answer = answer(chat().maxCompletionTokens(40).putAdditionalBodyProperty("response_format",
                JsonValue.from(java.util.Map.of("type", "json_schema", "json_schema", java.util.Map.of("name", "kind",
                        "schema", java.util.Map.of("enum", List.of("boat", "ship")))))));
        assertThat(answer.choices().getFirst().message().content().orElseThrow()).isIn("\"boat\"", "\"ship\"");
    }

    @Test
    void eachTokenOfAChatIsToldWithItsLikelihoodAndOthers() {
        ChatCompletion answer = answer(chat().logprobs(true).topLogprobs(3));
        var tokens = answer.choices().getFirst().logprobs().orElseThrow().content().orElseThrow();
        assertThat(tokens.stream().map(token -> token.token()).collect(Collectors.joining()))
                .isEqualTo(answer.choices().getFirst().message().content().orElseThrow());
        assertThat(tokens).allSatisfy(token -> {
            assertThat(token.logprob()).isLessThanOrEqualTo(0);
            assertThat(token.topLogprobs()).hasSize(3);
            assertThat(token.topLogprobs().getFirst().logprob()).isGreaterThanOrEqualTo(token.logprob());
        });
        var streamed = chunks(chat().logprobs(true).topLogprobs(3)).stream().flatMap(chunk -> chunk.choices().stream())
                .flatMap(choice -> choice.logprobs().stream()).flatMap(logprobs -> logprobs.content().orElseThrow()
                        .stream())
                .toList();
        assertThat(streamed).hasSameSizeAs(tokens);
    }

    @Test
    void soIsEachTokenOfAText() {
        var choice = answer(completion().logprobs(2)).choices().getFirst();
        var logprobs = choice.logprobs().orElseThrow();
        assertThat(String.join("", logprobs.tokens().orElseThrow())).isEqualTo(choice.text());
        assertThat(logprobs.topLogprobs().orElseThrow()).hasSize(12);
        assertThat(logprobs.textOffset().orElseThrow()).startsWith(0L).isSorted();
    }

    @Test
    void modelsAreThoseThatWorkersServe() {
        await(() -> !client.models().list().data().isEmpty());
        assertThat(client.models().list().data()).extracting(Model::id).containsExactly(model);
        assertThat(client.models().retrieve(model).ownedBy()).isEqualTo("millrace");
        assertThatThrownBy(() -> client.models().retrieve("other")).isInstanceOf(NotFoundException.class);
    }

    @Test
    void anotherModelIsNotFound() {
        assertThatThrownBy(() -> answer(chat().model("other"))).isInstanceOf(NotFoundException.class)
                .asInstanceOf(type(OpenAIServiceException.class)).satisfies(error -> {
                    assertThat(error.code()).contains("model_not_found");
                    assertThat(error.param()).contains("model");
                });
        // early enough for a status even in a stream
        assertThatThrownBy(() -> chunks(chat().model("other"))).isInstanceOf(NotFoundException.class);
    }

    @Test
    void whatCannotBeDoneIsRefusedByName() {
        assertRefused(chat().store(true), "store");
        assertRefused(chat().temperature(-1), "temperature");
        assertRefused(chat().n(0), "n");
        assertRefused(chat().putAdditionalBodyProperty("max_token", JsonValue.from(3)), "max_token");
        assertRefused(chat().logitBias(ChatCompletionCreateParams.LogitBias.builder()
                .putAdditionalProperty("50", JsonValue.from(1)).build()), "logit_bias");
    }

    private static void assertRefused(ChatCompletionCreateParams.Builder request, String field) {
        assertThatThrownBy(() -> answer(request)).isInstanceOf(BadRequestException.class)
                .hasMessageContaining(field).asInstanceOf(type(OpenAIServiceException.class))
                .satisfies(error -> assertThat(error.param()).contains(field));
    }

    private static void await(java.util.function.BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            Thread.onSpinWait();
        }
    }
}
