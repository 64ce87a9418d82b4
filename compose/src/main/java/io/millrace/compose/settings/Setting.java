package io.millrace.compose.settings;

/**
 * A value that stands in for a flag.
 *
 * @param value as it was written
 * @param source who says so, as a person would look for it: {@code MILLRACE_PORT}, or {@code FILE:LINE}
 */
public record Setting(String value, String source) {}
