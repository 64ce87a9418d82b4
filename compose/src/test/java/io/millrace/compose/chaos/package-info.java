/**
 * The chaos test: a broker, workers and gateways as processes of their own, prompts and subscribers, and faults that hit them all. Then everything that is on
 * the topics is read, and {@link io.millrace.compose.chaos.Checker} says whether the pipeline kept its promises. {@link
 * io.millrace.compose.chaos.Chaos#main} runs it.
 *
 * <p>The checker is pure and trusts no code of the pipeline: it reads streams, and the metadata of offsets, by rules of its own.
 */
package io.millrace.compose.chaos;
