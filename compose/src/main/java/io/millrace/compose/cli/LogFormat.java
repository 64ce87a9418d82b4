package io.millrace.compose.cli;

/** How log lines are written. */
enum LogFormat {
    /** For a terminal. */
    TEXT,
    /** A JSON object a line, for programs. */
    JSON
}
