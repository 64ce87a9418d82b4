/**
 * Text that must keep a grammar: GBNF and JSON Schema in, for each step the tokens that may come next out.
 *
 * <p>Both are read into {@link io.millrace.inference.grammar.Expression}s, compiled to rules over bytes, and followed by a set of
 * stacks, one for each way the text so far can be read. Knows vocabularies, but no model, no sampler and no file.
 */
package io.millrace.inference.grammar;
