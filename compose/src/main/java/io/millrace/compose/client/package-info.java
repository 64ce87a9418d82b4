/**
 * What a person at a terminal does with the topics: produce prompts, follow streams, cancel.
 *
 * <p>Each object is confined to the thread that made it, unless it says otherwise. Must not know flags or output formats.
 */
package io.millrace.compose.client;
