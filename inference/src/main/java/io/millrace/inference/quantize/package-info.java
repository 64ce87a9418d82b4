/**
 * Turns rows of float32 weights into GGUF's quantised blocks: the reverse of what {@code kernel} reads.
 *
 * <p>One file a tensor type, registered in {@link io.millrace.inference.quantize.RowEncoders}; the searches for good scales that several types share have
 * classes of their own. Every type is encoded as ggml's reference does, in float32 arithmetic and in its order of operations, so that the bytes
 * are the same. The IQ1, IQ2 and IQ3 types take a column's importance from a {@link io.millrace.inference.gguf.ImportanceMatrix}, if there is one; for the others,
 * importance is a weight's own size alone.
 *
 * <p>Encoders are stateless, safe for any thread, and know nothing of files or models; {@link io.millrace.inference.quantize.ModelQuantizer} applies them to a file, as
 * a {@link io.millrace.inference.quantize.QuantizationRecipe} says.
 */
package io.millrace.inference.quantize;
