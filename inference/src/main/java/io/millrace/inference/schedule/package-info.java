/**
 * Who runs in the next step: continuous batching (Yu et al. 2022, "Orca") over paged memory with preemption by recompute
 * (Kwon et al. 2023, "PagedAttention").
 *
 * <p>Decisions from what can be seen of generations, so that each can be tested without a model. Knows no tokens, no caches and no threads.
 */
package io.millrace.inference.schedule;
