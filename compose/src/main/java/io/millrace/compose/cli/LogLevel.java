package io.millrace.compose.cli;

/** What Millrace's own log lines must at least be. */
enum LogLevel {
    ERROR, WARN, INFO, DEBUG, TRACE
}
