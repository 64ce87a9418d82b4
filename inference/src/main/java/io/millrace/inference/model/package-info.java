/**
 * Llama's forward pass: tokens and positions in, logits out (Touvron et al. 2023, Dubey et al. 2024).
 *
 * <p>{@link io.millrace.inference.model.LlamaForward} reads top to bottom as the paper's equations; shapes stand in comments. One forward pass runs at a time, called by the engine's step
 * thread, which shares the work out over {@link io.millrace.inference.model.ComputeThreads}. Knows kernels and caches; knows nothing of
 * text, requests or sampling.
 */
package io.millrace.inference.model;
