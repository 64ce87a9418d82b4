/**
 * Turns rows of float32 weights into GGUF's quantised blocks: the reverse of what {@code kernel} reads.
 *
 * <p>One file a tensor type, registered in {@link io.millrace.inference.quantize.RowEncoders}; the searches for good scales that several types share have
 * classes of their own. Every type is encoded as ggml's reference does without an importance matrix, in float32 arithmetic and in its order of operations, so that the bytes
 * are the same. Importance here is a weight's own size alone.
 *
 * <p>Stateless and safe for any thread. It knows nothing of files, tensors or models.
 */
package io.millrace.inference.quantize;
