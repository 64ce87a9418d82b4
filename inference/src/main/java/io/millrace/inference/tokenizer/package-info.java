/**
 * Text to token ids and back.
 *
 * <p>{@link io.millrace.inference.tokenizer.Tokenizers} makes the tokenizer a model file asks for. Tokenizers are immutable and
 * safe for any thread; {@link io.millrace.inference.tokenizer.Utf8Assembler} belongs to one stream. Encoding takes O(n log n) time for a text of n
 * characters, whatever they are. Knows the metadata of a model file, and nothing of tensors or of how tokens are
 * generated.
 */
package io.millrace.inference.tokenizer;
