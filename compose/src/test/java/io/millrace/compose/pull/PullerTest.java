package io.millrace.compose.pull;

import static io.millrace.compose.pull.ModelServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.compose.program.Program;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Models come whole from servers that do not behave, or not at all. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class PullerTest {
    private static final Path DEMO = Program.root()
            .resolve("inference/src/main/resources/models/millrace-demo-Q8_0.gguf");
    private static final String FILE = "/tiny/stories/resolve/main/demo.gguf";
    private static final String NAME = "tiny/stories/demo.gguf";
    private static final int PIECE = 300_000;

    @TempDir
    Path folder;

    private final List<String> said = new CopyOnWriteArrayList<>();
    private byte[] demo;
    private ModelServer server;

    @BeforeEach
    void open() throws IOException {
        demo = Files.readAllBytes(DEMO);
        server = new ModelServer().file(FILE, demo);
    }

    @AfterEach
    void close() {
        server.close();
    }

    private List<Path> pull(Map<String, String> environment, String name, String sha256) {
        var options = new PullOptions(3, PIECE, 4, Duration.ofMillis(1), Duration.ofMillis(400));
        Hub hub = Hub.of(environment);
        try (var web = new Web(hub, new Proxies(environment))) {
            return new Puller(web, folder, options, new PullProgress() {
                @Override
                public void says(String line) {
                    said.add(line);
                }
            }).pull(new Catalog(hub, web).files(name), Optional.ofNullable(sha256));
        }
    }

    private void pullsWell(String name) {
        assertThat(pull(server.asHub(), name, null)).singleElement().satisfies(path -> assertThat(path)
                .hasBinaryContent(demo));
        assertThat(leftovers()).isEmpty();
    }

    private void refused(String name, String... reasons) {
        assertThatThrownBy(() -> pull(server.asHub(), name, null)).isInstanceOf(PullException.class)
                .hasMessageContainingAll(reasons).message().hasLineCount(1);
        assertThat(folder.resolve(NAME)).doesNotExist();
    }

    /** What is in the folder but models. */
    private List<Path> leftovers() {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(file -> Files.isRegularFile(file) && !file.toString().endsWith(".gguf")).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] changed(byte[] model) {
        byte[] other = model.clone();
        other[other.length - 1] ^= 1;
        return other;
    }

    @Test
    void aFileComesInPiecesOverSeveralConnections() {
        // the first request asks how long the file is, and what follows waits for company
        server.failing(1, _ -> false).failing(2, ModelServer.untilAsked(2));
        pullsWell(NAME);
        int pieces = (demo.length + PIECE - 1) / PIECE;
        assertThat(server.requests).hasSize(1 + pieces).allMatch(request -> request.contains(" bytes="));
        assertThat(server.mostActive).hasValueGreaterThan(1);
        assertThat(server.bytesSent).hasValue(1 + demo.length);
        assertThat(folder.resolve(NAME)).exists();
    }

    @Test
    void whatIsThereIsNotFetchedAgain() {
        pullsWell(NAME);
        server.bytesSent.set(0);
        pullsWell(NAME);
        assertThat(server.bytesSent).hasValue(1);
        assertThat(said).singleElement().asString().contains("is there already");
    }

    @Test
    void anotherFileOfThatNameIsNotOverwritten() throws IOException {
        pullsWell(NAME);
        byte[] longer = Arrays.copyOf(demo, demo.length + 1);
        server.file(FILE, longer);
        assertThatThrownBy(() -> pull(server.asHub(), NAME, null)).hasMessageContaining("remove it if that one");
        assertThat(Files.readAllBytes(folder.resolve(NAME))).isEqualTo(demo);
    }

    @Test
    void brokenConnectionsGoOnWhereTheyBroke() {
        server.failing(8, server.brokenAfter(100_000, null));
        pullsWell(NAME);
        assertThat(server.bytesSent.get()).isLessThan(demo.length + 100_000);
    }

    @Test
    void connectionsThatBringNothingAreLeft() {
        var done = new CountDownLatch(1);
        server.failing(2, server.brokenAfter(100_000, () -> {
            try {
                done.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }));
        pullsWell(NAME);
        done.countDown();
    }

    @Test
    void aLaterRunGoesOnWhereTheFormerEnded() throws IOException {
        server.endsAfter = demo.length / 2;
        refused(NAME, "503", "go on from there");
        long sent = server.bytesSent.get();
        assertThat(leftovers()).hasSize(2);
        ModelsFolder.Entry entry = new ModelsFolder(folder).list().getFirst();
        assertThat(entry.isWhole()).isFalse();
        assertThat(entry.bytes()).isBetween(1L, sent);
        assertThat(entry.size()).isEqualTo(demo.length);
        assertThatThrownBy(() -> new ModelsFolder(folder).find("demo")).hasMessageContaining("has not come whole");

        server.endsAfter = Long.MAX_VALUE;
        server.bytesSent.set(0);
        pullsWell(NAME);
        assertThat(server.bytesSent.get()).isEqualTo(1 + demo.length - entry.bytes());
    }

    @Test
    void notesThatAreDamagedMakeItBeginAgain() throws IOException {
        server.endsAfter = demo.length / 2;
        refused(NAME, "503");
        Path notes = leftovers().stream().filter(file -> file.toString().endsWith(".json")).findFirst().orElseThrow();
        String sound = Files.readString(notes);
        server.endsAfter = Long.MAX_VALUE;
        for (String damaged : List.of("", "{}", "[1]", sound.substring(0, sound.length() / 2), sound.replace(
                "\"received\":[", "\"received\":[-5,"), sound.replaceAll("\"pieceBytes\":\\d+", "\"pieceBytes\":1"))) {
            Files.deleteIfExists(folder.resolve(NAME));
            Files.writeString(folder.resolve(NAME + ".part"), "x".repeat(demo.length));
            Files.writeString(folder.resolve(NAME + ".part.json"), damaged);
            pullsWell(NAME);
        }
    }

    @Test
    void aFileThatChangedBetweenRunsIsFetchedFromItsBeginning() {
        server.endsAfter = demo.length / 2;
        refused(NAME, "503");
        demo = changed(demo);
        server.file(FILE, demo).etag = "\"two\"";
        server.endsAfter = Long.MAX_VALUE;
        server.bytesSent.set(0);
        pullsWell(NAME);
        assertThat(server.bytesSent.get()).isGreaterThanOrEqualTo(demo.length);
    }

    @Test
    void aFileThatChangesDuringARunIsFetchedFromItsBeginning() {
        server.failing(2, _ -> false).failing(1, _ -> {
            demo = changed(demo);
            server.file(FILE, demo).etag = "\"two\"";
            return false;
        });
        pullsWell(NAME);
        assertThat(said).singleElement().asString().contains("changed on the server");
    }

    @Test
    void aServerThatCannotTellVersionsApartIsNotResumed() {
        server.etag = null;
        server.endsAfter = demo.length / 2;
        refused(NAME, "503");
        server.endsAfter = Long.MAX_VALUE;
        server.bytesSent.set(0);
        pullsWell(NAME);
        assertThat(server.bytesSent.get()).isGreaterThanOrEqualTo(demo.length);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aServerWithoutRangesSendsItInOne(boolean tellsLength) {
        server.givesRanges = false;
        server.sendsLengths = tellsLength;
        // the first asks what there is
        server.failing(1, _ -> false).failing(1, server.brokenAfter(100_000, null));
        pullsWell(NAME);
        assertThat(server.requests).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource({"401, HF_TOKEN", "403, accept its licence", "404, no such file", "410, no such file", "418, 418"})
    void whatCannotBeHadIsSaidAtOnce(int status, String reason) {
        server.failing(1, status(status));
        refused(NAME, reason, FILE);
        assertThat(server.requests).hasSize(1);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aTokenThatHasNoAccessIsToldFromNone() {
        server.failing(1, status(403));
        assertThatThrownBy(() -> pull(server.asHub("HF_TOKEN", "hf_x"), NAME, null)).hasMessageContaining(
                "HF_TOKEN has no access");
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 503, 408})
    void whatMayPassIsTriedAgain(int status) {
        server.failing(3, status(status)).failing(2, _ -> false).failing(2, status(status));
        pullsWell(NAME);
    }

    @Test
    void whatDoesNotPassIsGivenUp() {
        server.failing(100, status(503));
        refused(NAME, "503", "run the same again");
        assertThat(server.requests).hasSize(4);
    }

    @Test
    void aServerThatAsksForTimeGetsIt() {
        long begin = System.nanoTime();
        server.failing(1, _ -> false).failing(1, exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "1");
            return status(429).answer(exchange);
        });
        pullsWell(NAME);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isGreaterThanOrEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void theTokenGoesToTheHubAlone() throws IOException {
        try (var other = new ModelServer().file("/cdn/demo", demo)) {
            server.header(FILE, "Location", other.url() + "/cdn/demo").header(FILE, "X-Linked-Size", "" + demo.length);
            assertThat(pull(server.asHub("HF_TOKEN", "hf_secret"), NAME, null)).singleElement().satisfies(
                    path -> assertThat(path).hasBinaryContent(demo));
            assertThat(server.tokens).isNotEmpty().containsOnly("Bearer hf_secret");
            assertThat(other.tokens).isNotEmpty().containsOnly("null");
        }
    }

    @Test
    void aUrlElsewhereGetsNoToken() throws IOException {
        try (var hub = new ModelServer()) {
            pull(hub.asHub("HF_TOKEN", "hf_secret"), server.url() + FILE + "?download=true", null);
            assertThat(server.tokens).isNotEmpty().containsOnly("null");
            assertThat(folder.resolve("demo.gguf")).hasBinaryContent(demo);
        }
    }

    @Test
    void redirectsDoNotLeadAnywhere() throws IOException {
        server.header(FILE, "Location", FILE);
        refused(NAME, "without end");
        server.header(FILE, "Location", "file:///etc/passwd");
        refused(NAME, "which is no web address");
        server.header(FILE, "Location", "http://[");
        refused(NAME, "which is no address");
        assertThatThrownBy(() -> Web.next(URI.create("https://a.example/x"), "http://a.example/y"))
                .hasMessageContaining("anyone on the way could change");
    }

    @Test
    void whatDoesNotHaveItsChecksumIsThrownAway() throws IOException {
        server.header(FILE, "X-Linked-ETag", "\"" + Checksum.of(DEMO, _ -> {}) + "\"");
        server.file(FILE, changed(demo));
        refused(NAME, "what came has SHA-256", "thrown away");
        assertThat(leftovers()).isEmpty();
        server.file(FILE, demo);
        pullsWell(NAME);
    }

    @Test
    void aChecksumCanBeAskedFor() throws IOException {
        assertThatThrownBy(() -> pull(server.asHub(), NAME, "0".repeat(64))).hasMessageContaining("thrown away");
        assertThat(pull(server.asHub(), NAME, Checksum.of(DEMO, _ -> {}))).hasSize(1);
    }

    @Test
    void aServerThatContradictsItselfIsNotBelieved() {
        server.header(FILE, "X-Linked-Size", "" + (demo.length + 1));
        refused(NAME, "should have " + (demo.length + 1) + " bytes");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"bytes 0-5/999999999999999 | has room for",
            "bytes 0-0/0 | the file is empty", "none | not a GGUF", "bytes 7-9/10 | from 7 on"})
    void liesAboutPiecesAreFoundOut(String range, String reason) {
        server.file(FILE, "Dear diary".getBytes(StandardCharsets.UTF_8)).header(FILE, "Content-Range", range);
        refused(NAME, reason);
    }

    @Test
    void aModelThatWasCutOffWithAnHonestLengthIsRefused() {
        server.file(FILE, Arrays.copyOf(demo, demo.length - 1000));
        refused(NAME, "thrown away");
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void aPageThatIsNoModelIsRefused() {
        server.file(FILE, "<html>Log in to go on</html>".getBytes(StandardCharsets.UTF_8));
        refused(NAME, "not a GGUF file", FILE);
        assertThat(leftovers()).isEmpty();
    }

    @Test
    void nobodyThereIsSaidAtOnce() {
        server.close();
        refused(NAME, "nobody listens there");
        assertThatThrownBy(() -> pull(Map.of("HF_ENDPOINT", "http://nowhere.invalid"), NAME, null))
                .hasMessageContaining("the host is not known");
    }

    @Test
    void plainAddressesGoThroughTheProxy() throws IOException {
        server.file("/models/demo.gguf", demo);
        pull(Map.of("http_proxy", server.url()), "http://models.example/models/demo.gguf", null);
        assertThat(folder.resolve("demo.gguf")).hasBinaryContent(demo);
        assertThat(server.requests).allMatch(request -> request.startsWith("http://models.example/models/"));
    }

    @Test
    void aProxyThatWantsAPasswordGetsIt() throws IOException {
        server.file("/models/demo.gguf", demo);
        server.failing(1, exchange -> {
            exchange.getResponseHeaders().set("Proxy-Authenticate", "Basic realm=\"way out\"");
            return status(407).answer(exchange);
        }).failing(1, exchange -> {
            server.tokens.add(exchange.getRequestHeaders().getFirst("Proxy-Authorization"));
            return false;
        });
        pull(Map.of("HTTP_PROXY", server.url().replace("//", "//anna:secret@")),
                "http://models.example/models/demo.gguf", null);
        assertThat(server.tokens).contains("Basic YW5uYTpzZWNyZXQ=");
    }

    @Test
    void anotherMillraceThatFetchesItIsNotDisturbed() throws IOException {
        Files.createDirectories(folder.resolve("tiny/stories"));
        var version = new Version(server.url() + FILE, demo.length, null, "\"one\"", true);
        try (PartFile _ = PartFile.open(folder.resolve(NAME), version, PIECE)) {
            refused(NAME, "another millrace is fetching it");
        }
    }

    @Test
    void aFolderThatCannotBeMadeIsNamed() throws IOException {
        Files.writeString(folder.resolve("tiny"), "in the way");
        refused(NAME, folder.toString(), "--models");
    }
}
