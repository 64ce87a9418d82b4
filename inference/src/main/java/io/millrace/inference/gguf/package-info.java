/**
 * The GGUF container: header, metadata, tensor directory, and the tensors' bytes as mapped memory.
 *
 * <p>Immutable once opened, safe for any thread until closed. Every count, length and offset of a file is checked before
 * it is used. Knows nothing of what the numbers mean: that is the {@code model}'s and the {@code tokenizer}'s business.
 *
 * @see <a href="https://github.com/ggml-org/ggml/blob/master/docs/gguf.md">the format</a>
 */
package io.millrace.inference.gguf;
