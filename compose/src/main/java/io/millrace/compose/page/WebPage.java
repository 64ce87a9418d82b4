package io.millrace.compose.page;

import io.millrace.sink.http.PageFile;
import io.millrace.sink.http.PageFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page as it is in this program. A file is read when it is first asked for, and kept. */
public final class WebPage implements PageFiles {
    private static final String FOLDER = "web/";
    /** Lower-case names with one dot, so that no path leads out of the folder. */
    private static final Pattern PATH = Pattern.compile("(?:[a-z0-9-]+/)*[a-z0-9-]+\\.(html|css|js|svg)");
    private static final Map<String, String> MEDIA_TYPES = Map.of("html", "text/html; charset=utf-8", "css",
            "text/css; charset=utf-8", "js", "text/javascript; charset=utf-8", "svg", "image/svg+xml");

    private final Properties libraries = new Properties();
    private final Map<String, PageFile> read = new ConcurrentHashMap<>();

    public WebPage() {
        try (InputStream in = WebPage.class.getResourceAsStream("libraries.properties")) {
            libraries.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Optional<PageFile> find(String path) {
        Matcher name = PATH.matcher(path);
        return name.matches()
                ? Optional.ofNullable(read.computeIfAbsent(path, _ -> read(path, MEDIA_TYPES.get(name.group(1)))))
                : Optional.empty();
    }

    /** Null if there is no such file. */
    private PageFile read(String path, String mediaType) {
        try (InputStream in = WebPage.class.getClassLoader()
                .getResourceAsStream(libraries.getProperty(path, FOLDER + path))) {
            return in == null ? null : PageFile.of(mediaType, in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(path + " of the page cannot be read", e);
        }
    }
}
