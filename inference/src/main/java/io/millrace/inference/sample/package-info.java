/**
 * From logits to a token, and from tokens to text that may be shown: samplers and stop strings.
 *
 * <p>One object a generation, confined to the engine's step thread; nothing is allocated per token. Knows no model, no cache and no other generation, so that
 * what is drawn depends on the logits, the options and the position alone.
 */
package io.millrace.inference.sample;
