/**
 * From the engine to topics, and from topics to subscribers.
 *
 * <p>Must not know how prompts are read or run.
 */
package io.millrace.sink;
