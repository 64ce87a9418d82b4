/**
 * Text to token ids and back.
 *
 * <p>Tokenizers are immutable and safe for any thread; {@link io.millrace.inference.tokenizer.Utf8Assembler} belongs to one stream.
 * Knows the metadata of a model file, and nothing of tensors or of how tokens are generated.
 */
package io.millrace.inference.tokenizer;
