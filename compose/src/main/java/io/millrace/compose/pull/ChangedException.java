package io.millrace.compose.pull;

import java.io.IOException;

/** The server has another version of the file than before. */
final class ChangedException extends IOException {
    private static final long serialVersionUID = 1L;

    ChangedException() {
        super("the file changed on the server");
    }
}
