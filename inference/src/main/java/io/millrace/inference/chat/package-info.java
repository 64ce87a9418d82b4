/**
 * From a conversation to a prompt, by the model's own chat template; and from an answer to the tool calls in it.
 *
 * <p>{@link io.millrace.inference.chat.ChatTemplate} is made once for a model and safe for any thread. Text that people wrote
 * never becomes a control token, however it is written and wherever the template puts it. Templates are Jinja, run by the
 * interpreter in {@code chat.jinja}. Knows metadata and tokenizers, and nothing of how tokens are generated.
 */
package io.millrace.inference.chat;
