/**
 * Guesses at what a generation will say next, so that one step can compute several of its tokens: speculative decoding
 * (Leviathan et al. 2023).
 *
 * <p>What is guessed is only ever a proposal: the engine samples at each place as it would have without, and keeps a guess where it is what was sampled.
 * Runs on the engine's step thread. Knows token ids only, no model and no batch.
 */
package io.millrace.inference.draft;
