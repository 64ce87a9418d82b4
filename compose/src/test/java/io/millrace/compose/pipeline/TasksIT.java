package io.millrace.compose.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.openai.errors.BadRequestException;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.Embedding;
import com.openai.models.embeddings.EmbeddingCreateParams;
import io.millrace.schemas.Completion;
import io.millrace.schemas.FinishReason;
import io.millrace.schemas.Result;
import io.millrace.schemas.TokenEvent;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a model does besides generating, from Kafka, from OpenAI's Java client, and by llama.cpp's paths. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class TasksIT {
    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

    private static final String BOAT = "A boat on the sea";

    private static DemoPipeline demo;
    private static Pipeline pipeline;
    private static HttpClient http;

    @BeforeAll
    static void open() {
        demo = new DemoPipeline(CLUSTER);
        pipeline = new Pipeline(CLUSTER.address(), demo.topics);
        http = HttpClient.newHttpClient();
    }

    @AfterAll
    static void close() {
        http.shutdownNow();
        pipeline.close();
        demo.close();
    }

    private static Completion run(String id, String json) throws Exception {
        pipeline.sendRaw(id, json);
        return pipeline.completion(id);
    }

    private static HttpResponse<String> post(String path, String body) throws Exception {
        return http.send(HttpRequest.newBuilder(URI.create(demo.httpUrl + path)).POST(BodyPublishers.ofString(body))
                .build(), BodyHandlers.ofString());
    }

    private static JsonObject answer(String path, String body) throws Exception {
        HttpResponse<String> response = post(path, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return new JsonObject(response.body());
    }

    private static CreateEmbeddingResponse embed(EmbeddingCreateParams.Builder request) {
        return demo.client.embeddings().create(request.model(demo.model.name()).build());
    }

    private static List<Float> values(Embedding embedding) {
        return embedding.embedding();
    }

    private static EmbeddingCreateParams.Builder request() {
        return EmbeddingCreateParams.builder();
    }

    private static double length(List<Float> values) {
        return Math.sqrt(values.stream().mapToDouble(value -> (double) value * value).sum());
    }

    @Test
    void anEmbeddingStandsInTheLastEventAndInTheCompletion() throws Exception {
        Completion completion = run("embed", "{\"task\":\"embed\",\"prompt\":\"" + BOAT + "\",\"metadata\":5}");
        var embedding = (Result.Embedding) completion.result();
        assertThat(embedding.values()).hasSize(demo.model.embeddingLength());
        assertThat(length(embedding.values())).isCloseTo(1, within(1e-5));
        assertThat(completion.finishReason()).isEqualTo(FinishReason.STOP);
        assertThat(completion.text()).isEmpty();
        assertThat(completion.metadata().asInt()).isEqualTo(5);
        assertThat(completion.usage().promptTokens()).isEqualTo(demo.model.encode(BOAT).length);
        List<TokenEvent> stream = pipeline.stream("embed");
        assertThat(stream).hasSize(2).first().isInstanceOf(TokenEvent.Started.class);
        assertThat(((TokenEvent.Completed) stream.getLast()).result()).isEqualTo(embedding);
    }

    @Test
    void textsTokensAndTemplatesAreTurnedIntoEachOther() throws Exception {
        var tokens = (Result.Tokens) run("tokens", "{\"task\":\"tokenize\",\"prompt\":\"" + BOAT
                + "\",\"with_pieces\":true}").result();
        assertThat(tokens.tokens()).containsExactlyElementsOf(Arrays.stream(demo.model.tokenizer().encode(BOAT, true))
                .boxed().toList());
        assertThat(tokens.pieces()).hasSameSizeAs(tokens.tokens());
        assertThat(run("text", "{\"task\":\"detokenize\",\"tokens\":" + tokens.tokens() + "}").text()).isEqualTo(BOAT);
        assertThat(
                run("template", "{\"task\":\"apply_template\",\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}")
                        .text())
                .contains("<|start_header_id|>user<|end_header_id|>\n\nHi<|eot_id|>");
    }

    @Test
    void whatCannotBeDoneIsADeadLetterWithItsReason() throws Exception {
        assertThat(
                run("long", "{\"task\":\"embed\",\"tokens\":" + Collections.nCopies(demo.model.contextLength() + 1, 5)
                        + "}").error().message())
                .contains("shorten it");
        assertThat(run("unknown", "{\"task\":\"detokenize\",\"tokens\":[999999]}").error().message()).contains(
                "no token 999999");
        assertThat(run("sing", "{\"task\":\"sing\",\"id\":\"sing\"}").error().message()).contains("task must be");
        assertThat(pipeline.deadLetters.await(3)).extracting(letter -> new String(letter.key(), StandardCharsets.UTF_8))
                .contains("long", "unknown", "sing");
    }

    @Test
    void openAisClientGetsFloats() {
        CreateEmbeddingResponse one = embed(request().input(BOAT).encodingFormat(
                EmbeddingCreateParams.EncodingFormat.FLOAT));
        assertThat(one.data()).hasSize(1);
        assertThat(length(values(one.data().getFirst()))).isCloseTo(1, within(1e-5));
        assertThat(one.usage().promptTokens()).isEqualTo(demo.model.encode(BOAT).length);
        CreateEmbeddingResponse some = embed(request().inputOfArrayOfStrings(List.of("A ship", BOAT, "No, Tim!")));
        assertThat(some.data()).extracting(Embedding::index).containsExactly(0L, 1L, 2L);
        assertThat(values(some.data().get(1))).isEqualTo(values(one.data().getFirst()));
        assertThat(some.usage().totalTokens()).isEqualTo(Stream.of("A ship", BOAT, "No, Tim!")
                .mapToInt(text -> demo.model.encode(text).length).sum());
    }

    @Test
    void tokensAreEmbeddedLikeTheirText() {
        List<Long> tokens = Arrays.stream(demo.model.encode(BOAT)).asLongStream().boxed().toList();
        List<Float> text = values(embed(request().input(BOAT)).data().getFirst());
        assertThat(values(embed(request().inputOfArrayOfTokens(tokens)).data().getFirst())).isEqualTo(text);
        var both = embed(request().inputOfArrayOfTokenArrays(List.of(tokens, tokens.subList(0, 2)))).data();
        assertThat(values(both.getFirst())).isEqualTo(text);
        assertThat(values(both.getLast())).isNotEqualTo(text);
    }

    @Test
    void base64IsTheBytesOfTheSameNumbers() throws Exception {
        JsonObject floats = answer("/v1/embeddings", "{\"input\":\"" + BOAT + "\"}");
        JsonObject base64 = answer("/v1/embeddings", "{\"input\":\"" + BOAT + "\",\"encoding_format\":\"base64\"}");
        var numbers = ByteBuffer.wrap(Base64.getDecoder().decode(base64.getJsonArray("data").getJsonObject(0)
                .getString("embedding"))).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer();
        JsonArray expected = floats.getJsonArray("data").getJsonObject(0).getJsonArray("embedding");
        assertThat(numbers.remaining()).isEqualTo(expected.size());
        for (int i = 0; i < expected.size(); i++) {
            assertThat(numbers.get()).isEqualTo(expected.getFloat(i));
        }
    }

    @Test
    void whatCannotBeEmbeddedIsRefused() {
        assertRefused(request().input(BOAT).dimensions(16), "dimensions");
        assertRefused(request().input(""), "input must not be empty");
        assertRefused(request().inputOfArrayOfStrings(List.of("a", "")), "input[1]");
        assertRefused(request().inputOfArrayOfStrings(List.of()), "at least one");
        assertRefused(request().inputOfArrayOfStrings(Collections.nCopies(2049, "a")), "2048");
        assertRefused(request().inputOfArrayOfStrings(Collections.nCopies(1001, "a")), "send fewer");
        assertRefused(request().input("boat ".repeat(demo.model.contextLength() + 1)), "shorten it");
        assertRefused(request().inputOfArrayOfTokens(List.of(999_999L)), "no token 999999");
    }

    private static void assertRefused(EmbeddingCreateParams.Builder request, String reason) {
        assertThatThrownBy(() -> embed(request)).isInstanceOf(BadRequestException.class).hasMessageContaining(reason);
    }

    @Test
    void embeddingsComeBesideAStory() throws Exception {
        pipeline.send("story", "Once upon a time");
        assertThat(embed(request().inputOfArrayOfStrings(Collections.nCopies(50, BOAT))).data()).hasSize(50)
                .extracting(TasksIT::values).containsOnly(values(embed(request().input(BOAT)).data().getFirst()));
        assertThat(pipeline.completion("story").text()).isNotBlank();
    }

    @Test
    void llamaCppsPathsAnswerAsItsServerDoes() throws Exception {
        JsonObject plain = answer("/tokenize", "{\"content\":\"" + BOAT + "\"}");
        assertThat(plain.getJsonArray("tokens").stream().toList())
                .isEqualTo(Arrays.stream(demo.model.tokenizer().encode(
                        BOAT, true)).boxed().toList());
        assertThat(answer("/tokenize", "{\"content\":\"" + BOAT + "\",\"add_special\":true}").getJsonArray("tokens"))
                .hasSize(plain.getJsonArray("tokens").size() + 1);
        JsonArray pieces = answer("/tokenize", "{\"content\":\"\u26f5 boat\",\"with_pieces\":true}")
                .getJsonArray("tokens");
        assertThat(pieces.stream().map(piece -> ((JsonObject) piece).getValue("piece")))
                .anyMatch(JsonArray.class::isInstance)
                .anyMatch(String.class::isInstance);
        assertThat(answer("/detokenize", plain.encode()).getString("content")).isEqualTo(BOAT);
        assertThat(answer("/tokenize", "{\"content\":\"\"}").getJsonArray("tokens")).isEmpty();
        assertThat(answer("/apply-template", "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]}").getString(
                "prompt")).contains("Hi<|eot_id|>").endsWith("assistant<|end_header_id|>\n\n");
        assertThat(post("/tokenize", "{\"prompt\":\"a\"}").body()).contains("name it content");
        assertThat(post("/detokenize", "{\"tokens\":[999999]}").statusCode()).isEqualTo(400);
    }

    @Test
    void aTaskThatRunsIsCancelledByIdAndByItsClientLeaving() throws Exception {
        try (var own = new Pipeline(CLUSTER);
                var _ = Worker.start(own, new ScriptedRunner());
                var gateway = HttpGateway.start(own, options -> options)) {
            own.sendRaw("gone", "{\"task\":\"embed\",\"prompt\":\"nothing ever\"}");
            var _ = own.tokens.await(1);
            own.cancel("gone");
            assertThat(own.completion("gone").finishReason()).isEqualTo(FinishReason.CANCELLED);
            var pending = gateway.client.sendAsync(gateway.post("/v1/embeddings", "{\"input\":[\"nothing ever\"]}"),
                    BodyHandlers.ofString());
            String id = own.prompts.await(2).getLast().id();
            var _ = own.tokens.await(list -> list.stream().anyMatch(event -> event.id().equals(id)));
            pending.cancel(true);
            assertThat(own.completion(id).finishReason()).isEqualTo(FinishReason.CANCELLED);
        }
    }
}
