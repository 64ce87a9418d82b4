/**
 * Who runs in the next step: continuous batching (Yu et al. 2022, "Orca").
 *
 * <p>Pure functions of what they are given, so that every decision can be tested without a model. Knows no tokens, no caches and no threads.
 */
package io.millrace.inference.schedule;
