/**
 * A conversation with a model at the terminal: its messages, its commands, its lines.
 *
 * <p>Runs the engine alone: must not know Kafka, Vert.x or flags.
 */
package io.millrace.compose.chat;
