package io.millrace.compose.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** What is logged, and how; all of it goes to stderr, Kafka's and Vert.x's lines as well. */
final class LogFlags {
    private static final String OWN = "io.millrace";
    /** In logback.xml. */
    private static final String APPENDER = "STDERR";

    @Option(names = "--log-format", scope = ScopeType.INHERIT, paramLabel = "text|json", defaultValue = "text", description = "How log lines are written: 'text' for a terminal, 'json' for programs, an object a line; ${DEFAULT-VALUE} unless given.")
    private LogFormat format;

    @Option(names = "--log-level", scope = ScopeType.INHERIT, paramLabel = "LEVEL", defaultValue = "info", description = "What Millrace's own log lines must at least be: error, warn, info, debug or trace; ${DEFAULT-VALUE} unless given.")
    private LogLevel level;

    /** From here on, for the whole process. */
    void apply() {
        var context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.getLogger(OWN).setLevel(Level.valueOf(level.name()));
        if (format == LogFormat.JSON) {
            var appender = (ConsoleAppender<ILoggingEvent>) context.getLogger(Logger.ROOT_LOGGER_NAME)
                    .getAppender(APPENDER);
            var encoder = new JsonLinesEncoder();
            encoder.setContext(context);
            encoder.start();
            appender.setEncoder(encoder);
        }
    }
}
