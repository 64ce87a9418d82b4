/**
 * Traces of what this process does, sent by OpenTelemetry's protocol. Names follow its conventions for messaging and generative AI.
 *
 * <p>Knows what it traces; nothing that is traced knows of it, or of OpenTelemetry.
 */
package io.millrace.compose.trace;
