/**
 * The memory of a generation: keys and values of every position seen, in blocks of a fixed number of positions, which
 * sequences that begin alike share.
 *
 * <p>A {@link io.millrace.inference.cache.BlockPool} and its {@link io.millrace.inference.cache.SequenceCache}s belong to the engine's step thread; while a step runs, its workers
 * read and write through segments they were given. Knows shapes and token ids only, no model.
 */
package io.millrace.inference.cache;
