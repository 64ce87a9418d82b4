package io.millrace.sink.http;

import java.util.Optional;

/** The files of the web page. Safe for any thread; may block. */
@FunctionalInterface
public interface PageFiles {
    /** No page. */
    PageFiles NONE = _ -> Optional.empty();

    /** The document itself. */
    String DOCUMENT = "index.html";

    /**
     * A file of the page.
     *
     * @param path as a browser asks for it: relative, and whatever a person may have written
     */
    Optional<PageFile> find(String path);
}
