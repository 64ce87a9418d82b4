package io.millrace.compose.pull;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Hugging Face, or what stands in for it.
 *
 * @param base such as {@code https://huggingface.co}, without a slash at its end
 * @param token for files that need one
 */
public record Hub(URI base, Optional<String> token) {
    private static final String DEFAULT = "https://huggingface.co";

    /**
     * By {@code HF_ENDPOINT} and {@code HF_TOKEN}.
     *
     * @throws PullException if the endpoint is no address
     */
    public static Hub of(Map<String, String> environment) {
        String endpoint = environment.getOrDefault("HF_ENDPOINT", "");
        String base = (endpoint.isBlank() ? DEFAULT : endpoint.strip()).replaceFirst("/+$", "");
        try {
            URI uri = URI.create(base);
            if (uri.getHost() != null && isWeb(uri)) {
                String token = environment.getOrDefault("HF_TOKEN", "").strip();
                return new Hub(uri, token.isEmpty() ? Optional.empty() : Optional.of(checked(token)));
            }
        } catch (IllegalArgumentException e) {
            throw new PullException("HF_ENDPOINT: '" + base + "' is no address (" + e.getMessage()
                    + "): give one such as " + DEFAULT, e);
        }
        throw new PullException("HF_ENDPOINT: '" + base + "' is no web address: give one such as " + DEFAULT);
    }

    private static String checked(String token) {
        if (!token.matches("[!-~]+")) {
            throw new PullException("HF_TOKEN has characters that no token has: set it again, without quotes");
        }
        return token;
    }

    static boolean isWeb(URI uri) {
        return "https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme());
    }

    /** Whether an address is the endpoint's own, by scheme, host and port: no other may see the token. */
    boolean owns(URI uri) {
        return Objects.equals(origin(uri), origin(base));
    }

    private static String origin(URI uri) {
        boolean secure = "https".equalsIgnoreCase(uri.getScheme());
        int port = uri.getPort() >= 0 ? uri.getPort() : secure ? 443 : 80;
        return (secure ? "https://" : "http://") + String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT)
                + ":" + port;
    }

    /** Where a file of a repository is. */
    URI file(String repository, String revision, String path) {
        return address("/" + repository + "/resolve/" + revision + "/" + path, null);
    }

    /** Where a repository's files are listed. */
    URI listing(String repository, String revision) {
        return address("/api/models/" + repository + "/tree/" + revision, "recursive=true");
    }

    private URI address(String path, String query) {
        try {
            return new URI(base.getScheme(), base.getAuthority(), base.getPath() + path, query, null);
        } catch (URISyntaxException e) {
            throw new PullException(path + " cannot be part of an address: " + e.getMessage(), e);
        }
    }
}
