package io.millrace.compose.pull;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Proxy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What people write for a model is the files that they mean, or an error that helps them. */
class CatalogTest {
    private ModelServer server;

    @BeforeEach
    void open() throws IOException {
        server = new ModelServer().listing("tiny/stories-GGUF", "README.md", "stories-Q4_K_M.gguf", "stories-Q8_0.gguf",
                "stories.IQ2_XS.gguf", "mmproj-stories-Q8_0.gguf", "F16/stories-F16-00001-of-00002.gguf",
                "F16/stories-F16-00002-of-00002.gguf", "twice-BF16.gguf", "x/twice-BF16.gguf");
    }

    @AfterEach
    void close() {
        server.close();
    }

    private List<RemoteFile> files(String name) {
        Hub hub = Hub.of(server.asHub());
        try (var web = new Web(hub, new Proxies(Map.of()))) {
            return new Catalog(hub, web).files(name);
        }
    }

    private List<String> targets(String name) {
        return files(name).stream().map(file -> file.target().toString()).toList();
    }

    @ParameterizedTest
    @CsvSource({"tiny/stories-GGUF:Q8_0, stories-Q8_0.gguf", "tiny/stories-GGUF:q8_0, stories-Q8_0.gguf",
            "tiny/stories-GGUF, stories-Q4_K_M.gguf", "hf.co/tiny/stories-GGUF:IQ2_XS, stories.IQ2_XS.gguf",
            "tiny/stories-GGUF/any name.gguf, any name.gguf"})
    void aNameIsAFile(String name, String file) {
        assertThat(files(name)).singleElement().satisfies(found -> {
            assertThat(found.target().toString()).isEqualTo("tiny/stories-GGUF/" + file);
            assertThat(found.uri().toString()).isEqualTo(server.url() + "/tiny/stories-GGUF/resolve/main/" + file
                    .replace(" ", "%20"));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"tiny/stories-GGUF:F16", "tiny/stories-GGUF/F16/stories-F16-00002-of-00002.gguf"})
    void aSplitModelIsAllItsFiles(String name) {
        assertThat(targets(name)).containsExactly("tiny/stories-GGUF/F16/stories-F16-00001-of-00002.gguf",
                "tiny/stories-GGUF/F16/stories-F16-00002-of-00002.gguf");
    }

    @Test
    void aUrlOfAShardIsAllOfThemWithTheSameQuery() {
        assertThat(files("https://files.example/a/x-00002-of-00002.gguf?key=1")).extracting(RemoteFile::uri)
                .containsExactly(URI.create("https://files.example/a/x-00001-of-00002.gguf?key=1"), URI.create(
                        "https://files.example/a/x-00002-of-00002.gguf?key=1"));
    }

    @Test
    void anAddressOfTheHubsPageIsTheFile() {
        assertThat(files("https://huggingface.co/tiny/stories/blob/v2/a.gguf?download=true")).singleElement()
                .extracting(RemoteFile::uri).hasToString(server.url() + "/tiny/stories/resolve/v2/a.gguf");
    }

    @Test
    void aListingMayHaveSeveralPages() {
        server.header("/api/models/tiny/stories-GGUF/tree/main", "Link", "<" + server.url() + "/more>; rel=\"next\"")
                .file("/more", "[{\"path\":\"stories-Q6_K.gguf\"}]".getBytes(StandardCharsets.UTF_8));
        assertThat(targets("tiny/stories-GGUF:Q6_K")).containsExactly("tiny/stories-GGUF/stories-Q6_K.gguf");
    }

    @Test
    void aRepositoryWithOneModelNeedsNoType() {
        server.listing("tiny/one", "odd.gguf");
        assertThat(targets("tiny/one")).containsExactly("tiny/one/odd.gguf");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "tiny/stories-GGUF:Q5_K_M | has no Q5_K_M: give one of tiny/stories-GGUF:F16",
            "tiny/stories-GGUF:BF16 | has 2 files of type BF16: give one of tiny/stories-GGUF/twice-BF16.gguf",
            "tiny/none:Q4_0 | there is no such file", "llama | names no model", "a/b/c | names no model",
            "ftp://x.example/a.gguf | is no web address", "https://x.example/a.zip | does not end in the name",
            "https://anna:secret@x.example/a.gguf | password", "https://x example/a.gguf | is no address",
            "a/b/../../../etc/x.gguf | '..' in it", "../b:Q4_0 | '..' in it", "a/.ssh/x.gguf | '.ssh' in it",
            "a/b/x-00001-of-99999.gguf | from 1 to 1000 shards", "https://x.example/%2e%2e.gguf | '...gguf' in it"})
    void whatNamesNoModelIsRefused(String name, String reason) {
        assertThatThrownBy(() -> files(name)).isInstanceOf(PullException.class).hasMessageContaining(reason)
                .message().hasLineCount(1).doesNotContain("secret");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../x-Q4_0.gguf", "/etc/x-Q4_0.gguf", "a/../../x-Q4_0.gguf", "a//x-Q4_0.gguf",
            "c:\\\\x-Q4_0.gguf"})
    void aListingCannotNameFilesOutsideTheFolder(String path) {
        server.listing("tiny/evil", path);
        assertThatThrownBy(() -> files("tiny/evil:Q4_0")).isInstanceOf(PullException.class).hasMessageContaining(
                "no name of a file");
    }

    @Test
    void aListingThatIsNoneIsRefused() {
        server.file("/api/models/tiny/odd/tree/main", "{}".getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> files("tiny/odd")).hasMessageContaining("cannot be listed");
        server.listing("tiny/odd", "model.safetensors");
        assertThatThrownBy(() -> files("tiny/odd")).hasMessageContaining("has no GGUF file");
    }

    @ParameterizedTest
    @ValueSource(strings = {"huggingface.co", "ftp://x.example", "http://", "http://a b"})
    void anEndpointMustBeAnAddress(String endpoint) {
        assertThatThrownBy(() -> Hub.of(Map.of("HF_ENDPOINT", endpoint))).isInstanceOf(PullException.class)
                .hasMessageContaining("HF_ENDPOINT");
    }

    @ParameterizedTest
    @CsvSource({"https://huggingface.co/x, true", "https://HUGGINGFACE.co:443/x, true",
            "http://huggingface.co/x, false", "https://huggingface.co.evil.example/x, false",
            "https://huggingface.co:8443/x, false", "https://cdn.huggingface.co/x, false"})
    void onlyTheEndpointItselfMaySeeTheToken(String uri, boolean itself) {
        assertThat(Hub.of(Map.of()).owns(URI.create(uri))).isEqualTo(itself);
    }

    @ParameterizedTest
    @CsvSource({"https://a.example/x, true", "http://a.example/x, false", "https://inside.corp/x, false",
            "https://deep.inside.corp/x, false", "https://notinside.corp/x, true", "https://local:8080/x, false",
            "https://local/x, true"})
    void proxiesAreTakenButForWhatIsNear(String uri, boolean proxied) {
        var proxies = new Proxies(Map.of("HTTPS_PROXY", "http://proxy.example:3128", "no_proxy",
                ".inside.corp, local:8080"));
        assertThat(proxies.select(URI.create(uri))).singleElement().extracting(Proxy::type).isEqualTo(proxied
                ? Proxy.Type.HTTP
                : Proxy.Type.DIRECT);
    }

    @ParameterizedTest
    @ValueSource(strings = {"socks5://x.example:1", "http://", "http://anna:se cret@x"})
    void aProxyMustHaveAnAddress(String proxy) {
        assertThatThrownBy(() -> new Proxies(Map.of("HTTPS_PROXY", proxy))).isInstanceOf(PullException.class)
                .hasMessageContaining("HTTPS_PROXY").message().doesNotContain("cret");
    }
}
