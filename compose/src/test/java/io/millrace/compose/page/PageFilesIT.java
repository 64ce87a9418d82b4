package io.millrace.compose.page;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.compose.pipeline.Cluster;
import io.millrace.sink.http.Access;
import io.millrace.sink.http.ApiKeys;
import io.millrace.sink.http.Scope;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How the page's files are served. */
@Timeout(value = 1, unit = TimeUnit.MINUTES)
class PageFilesIT {
    @RegisterExtension
    static final Cluster CLUSTER = new Cluster();

    private static final Access KEYS = new Access(Optional.of(ApiKeys.parse(List.of(ApiKeys.line("alice",
            Set.of(Scope.GENERATE), "alices-key")))), Set.of(), false);
    private static final Pattern REFERENCE = Pattern.compile("(?:href|src)=\"(page/[^\"]+)\"");

    private static ServedPage served;
    private static HttpClient client;

    @BeforeAll
    static void bringUp() {
        served = ServedPage.withoutWorker(CLUSTER, options -> options.withAccess(KEYS));
        client = HttpClient.newHttpClient();
    }

    @AfterAll
    static void bringDown() {
        client.close();
        served.close();
    }

    private static HttpResponse<String> send(String method, String path, String... headers) throws Exception {
        var request = HttpRequest.newBuilder(URI.create(served.url() + path)).method(method, BodyPublishers.noBody());
        return client.send((headers.length == 0 ? request : request.headers(headers)).build(), BodyHandlers.ofString());
    }

    private static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    @Test
    void thePageLoadsWithoutAKeyAndItsPolicyLetsNothingElseIn() throws Exception {
        var page = send("GET", "");
        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(header(page, "content-type")).isEqualTo("text/html; charset=utf-8");
        assertThat(header(page, "content-security-policy")).contains("default-src 'none'", "script-src 'self';",
                "require-trusted-types-for 'script'").doesNotContain("unsafe", "http:", "https:", "*");
        assertThat(header(page, "x-frame-options")).isEqualTo("DENY");
        assertThat(header(send("GET", "v1/models"), "content-security-policy")).doesNotContain("self");
        assertThat(send("GET", "v1/models").statusCode()).isEqualTo(401);
    }

    @Test
    void whateverThePageNamesIsThere() throws Exception {
        List<String> references = REFERENCE.matcher(send("GET", "").body()).results().map(match -> match.group(1))
                .toList();
        assertThat(references).hasSizeGreaterThan(5);
        for (String reference : references) {
            assertThat(send("GET", reference).statusCode()).as(reference).isEqualTo(200);
        }
        for (String library : List.of("markdown-it.js", "dompurify.js", "uplot.js", "uplot.css")) {
            assertThat(send("GET", "page/library/" + library).statusCode()).as(library).isEqualTo(200);
        }
    }

    @Test
    void whatABrowserHasAlreadyIsNotSentAgain() throws Exception {
        var first = send("GET", "page/app.js");
        assertThat(header(first, "cache-control")).isEqualTo("no-cache");
        var again = send("GET", "page/app.js", "If-None-Match", header(first, "etag"));
        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        var head = send("HEAD", "page/app.js");
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(header(head, "content-length")).isEqualTo(String.valueOf(first.body().length()));
    }

    @Test
    void nothingElseIsServed() throws Exception {
        for (String path : List.of("page/", "page/no.js", "page/..%2fversion.properties", "page/%2e%2e/logback.xml",
                "page/../logback.xml", "page/logback.xml", "page/library/../../logback.xml", "page/.js", "page/app.js/",
                "page/io/millrace/compose/page/libraries.properties", "page/APP.JS")) {
            assertThat(send("GET", path).statusCode()).as(path).isIn(404, 401);
        }
        for (String method : List.of("POST", "PUT", "DELETE")) {
            assertThat(send(method, "page/app.js").statusCode()).as(method).isIn(401, 404, 405);
        }
    }
}
