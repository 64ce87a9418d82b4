/**
 * Where values come from that stand in for flags which are not given: {@code MILLRACE_...} variables, then a file, and which names they may have. The
 * flags themselves, with their types and defaults, are the commands'; this package knows them only as picocli's model does. Immutable: safe for any
 * thread.
 */
package io.millrace.compose.settings;
