/**
 * From Kafka into the engine: validation, admission, offsets.
 *
 * <p>{@link io.millrace.ingest.PromptWorker} polls prompts for as long as there is room for them, runs each with a {@link
 * io.millrace.ingest.PromptRunner}, and hands what comes of it to a {@link io.millrace.ingest.ResultWriter}. A prompt is done
 * when its completion and its offset are committed in one transaction; prompts finish in any order, and what is done beyond the
 * committed offset is kept in its metadata. So a worker may die at any moment: what it had not committed, the next one does,
 * {@link io.millrace.ingest.Takeover going on} where the stream ended.
 *
 * <p>{@link io.millrace.ingest.IntakeMode#SHARE} takes prompts from a share group instead. Then the broker keeps what is done, prompt by prompt, and a
 * completion may be written twice.
 *
 * <p>Three virtual threads a worker: one polls (in a share group, one for each prompt at a time), one reads cancels, one commits. Each prompt's stream is handled on virtual
 * threads of its own, never on the engine's.
 *
 * <p>Must not know who writes results or who subscribes to them: what it needs of a writer, or of a reader of
 * streams, it states as an interface.
 */
package io.millrace.ingest;
