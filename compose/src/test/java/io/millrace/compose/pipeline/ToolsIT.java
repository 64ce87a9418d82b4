package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionNamedToolChoice;
import com.openai.models.chat.completions.ChatCompletionToolChoiceOption;
import com.openai.models.chat.completions.ChatCompletionToolMessageParam;
import io.millrace.schemas.AnswerMessage;
import io.millrace.schemas.Completion;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.TokenEvent;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Tools and formats, from OpenAI's Java client and from Kafka. The built-in model knows nothing of tools, so its calls are required ones. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class ToolsIT {
    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String KINDS = "{\"type\":\"object\",\"properties\":{\"kind\":{\"enum\":[\"boat\",\"ship\"]},"
            + "\"count\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":99}},\"required\":[\"kind\",\"count\"]}";

    private static DemoPipeline demo;
    private static Pipeline pipeline;

    @BeforeAll
    static void open() {
        demo = new DemoPipeline(CLUSTER);
        pipeline = new Pipeline(CLUSTER.address(), demo.topics);
    }

    @AfterAll
    static void close() {
        pipeline.close();
        demo.close();
    }

    private static FunctionDefinition function(String name) throws Exception {
        var parameters = FunctionParameters.builder();
        JSON.readTree(KINDS).properties().forEach(field -> parameters.putAdditionalProperty(field.getKey(),
                JsonValue.fromJsonNode(field.getValue())));
        return FunctionDefinition.builder().name(name).description("Builds.").parameters(parameters.build()).build();
    }

    private static ChatCompletionCreateParams.Builder chat() throws Exception {
        return ChatCompletionCreateParams.builder().model(demo.model.name()).addUserMessage("Build a boat")
                .addFunctionTool(function("build")).addFunctionTool(function("sink")).maxCompletionTokens(60)
                .temperature(0).parallelToolCalls(false);
    }

    private static ChatCompletion.Choice answer(ChatCompletionCreateParams.Builder request) {
        return demo.client.chat().completions().create(request.build()).choices().getFirst();
    }

    private static ChatCompletionMessageFunctionToolCall call(ChatCompletion.Choice choice) {
        assertThat(choice.finishReason()).isEqualTo(ChatCompletion.Choice.FinishReason.TOOL_CALLS);
        assertThat(choice.message().content().orElse("")).isEmpty();
        return choice.message().toolCalls().orElseThrow().getFirst().asFunction();
    }

    private static void assertKept(String arguments) throws Exception {
        JsonNode json = JSON.readTree(arguments);
        assertThat(json.get("kind").asText()).isIn("boat", "ship");
        assertThat(json.get("count").asInt()).isBetween(1, 99);
    }

    @Test
    void aRequiredCallKeepsItsParameters() throws Exception {
        var call = call(answer(chat().toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED)));
        assertThat(call.function().name()).isIn("build", "sink");
        assertThat(call.id()).matches("[A-Za-z0-9]{9}");
        assertKept(call.function().arguments());
    }

    @Test
    void aNamedFunctionIsTheOneThatIsCalled() throws Exception {
        for (String name : List.of("build", "sink")) {
            var call = call(answer(chat().toolChoice(ChatCompletionNamedToolChoice.builder().function(
                    ChatCompletionNamedToolChoice.Function.builder().name(name).build()).build())));
            assertThat(call.function().name()).isEqualTo(name);
            assertKept(call.function().arguments());
        }
    }

    @Test
    void aStreamedCallIsTheSame() throws Exception {
        var request = chat().toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED);
        var whole = call(answer(request));
        List<ChatCompletionChunk> chunks;
        try (StreamResponse<ChatCompletionChunk> response = demo.client.chat().completions()
                .createStreaming(request.build())) {
            chunks = response.stream().toList();
        }
        var accumulator = ChatCompletionAccumulator.create();
        chunks.forEach(accumulator::accumulate);
        var call = call(accumulator.chatCompletion().choices().getFirst());
        assertThat(call.function().name()).isEqualTo(whole.function().name());
        assertThat(call.function().arguments()).isEqualTo(whole.function().arguments());
        var pieces = chunks.stream().flatMap(chunk -> chunk.choices().getFirst().delta().toolCalls().stream())
                .flatMap(List::stream).toList();
        assertThat(pieces.getFirst().id()).isPresent();
        assertThat(pieces.getFirst().function().orElseThrow().name()).contains(whole.function().name());
        assertThat(pieces.subList(1, pieces.size())).isNotEmpty().allSatisfy(piece -> {
            assertThat(piece.index()).isZero();
            assertThat(piece.id()).isEmpty();
            assertThat(piece.function().orElseThrow().name()).isEmpty();
        });
    }

    @Test
    void theResultGoesBackAndTheConversationGoesOn() throws Exception {
        ChatCompletion.Choice asked = answer(chat().toolChoice(ChatCompletionToolChoiceOption.Auto.REQUIRED));
        ChatCompletion.Choice answer = answer(chat().addMessage(asked.message())
                .addMessage(ChatCompletionToolMessageParam.builder().toolCallId(call(asked).id()).content("It floats.")
                        .build())
                .toolChoice(ChatCompletionToolChoiceOption.Auto.NONE));
        assertThat(answer.message().content().orElseThrow()).isNotBlank();
        assertThat(answer.message().toolCalls()).isEmpty();
    }

    @Test
    void aModelThatNeedNotCallMayTalk() throws Exception {
        ChatCompletion.Choice answer = answer(chat());
        assertThat(answer.message().content().orElseThrow()).isNotBlank();
        assertThat(answer.message().toolCalls()).isEmpty();
    }

    @Test
    void aClassIsAFormat() throws Exception {
        var request = ChatCompletionCreateParams.builder().model(demo.model.name()).addUserMessage("A boat?")
                .responseFormat(Vessel.class).maxCompletionTokens(80).temperature(0).build();
        Vessel vessel = demo.client.chat().completions().create(request).choices().getFirst().message().content()
                .orElseThrow();
        assertThat(vessel.floats || !vessel.floats).isTrue();
        assertThat(vessel.kind).isNotNull();
    }

    /** What the client makes a schema of. */
    static class Vessel {
        public boolean floats;
        public Kind kind;

        enum Kind {
            BOAT, SHIP
        }
    }

    @Test
    void whatCannotBeKeptIsRefused() throws Exception {
        assertRefused(chat().toolChoice(ChatCompletionNamedToolChoice.builder().function(
                ChatCompletionNamedToolChoice.Function.builder().name("fly").build()).build()), "fly");
        assertRefused(chat().putAdditionalBodyProperty("response_format", JsonValue.from(Map.of("type", "json_schema",
                "json_schema", Map.of("name", "n", "schema", Map.of("type", "object", "minProperties", 1))))),
                "minProperties");
        assertRefused(chat().addFunctionTool(function("third").toBuilder().name("a b").build()), "tool's name");
    }

    private static void assertRefused(ChatCompletionCreateParams.Builder request, String reason) {
        assertThatThrownBy(() -> answer(request)).isInstanceOf(BadRequestException.class).hasMessageContaining(reason);
    }

    @Test
    void onTheTopicDeltasPutTogetherAreTheMessageAndTextsTheText() throws Exception {
        pipeline.sendRaw("call",
                "{\"messages\":[{\"role\":\"user\",\"content\":\"Build\"}],\"tool_choice\":\"required\","
                        + "\"max_tokens\":60,\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"build\",\"parameters\":"
                        + KINDS
                        + "}}],\"parallel_tool_calls\":false}");
        Completion completion = pipeline.completion("call");
        assertThat(completion.finishReason()).isEqualTo(FinishReason.TOOL_CALLS);
        assertThat(completion.message().toolCalls()).singleElement().satisfies(call -> {
            assertThat(call.name()).isEqualTo("build");
            assertKept(call.arguments());
            assertThat(completion.text()).isEqualTo("{\"name\": \"build\", \"parameters\": " + call.arguments() + "}");
        });
        var message = new AnswerMessage.Assembly();
        List<TokenEvent> stream = pipeline.stream("call");
        List<TokenEvent.Token> tokens = stream.stream().filter(TokenEvent.Token.class::isInstance)
                .map(TokenEvent.Token.class::cast).toList();
        tokens.forEach(token -> message.add(token.delta()));
        message.add(((TokenEvent.Completed) stream.getLast()).delta());
        assertThat(message.message()).isEqualTo(completion.message());
        assertThat(tokens.stream().map(TokenEvent.Token::text).collect(Collectors.joining()))
                .isEqualTo(completion.text());
    }
}
