/**
 * GGUF in, tokens out: an engine that runs many generations at once.
 *
 * <p>This is the module's public face: {@link io.millrace.inference.LanguageModel} loads a model file,
 * {@link io.millrace.inference.Engine} generates with it. The packages below are its rooms: {@code gguf} (the container),
 * {@code tokenizer}, {@code chat} (templates), {@code model} (the forward pass), {@code kernel} (its mathematics),
 * {@code cache} (keys and values), {@code schedule} (who runs in the next step), {@code sample} (which token comes next), {@code draft} (which may come after it).
 *
 * <p>The module knows no Kafka, no Vert.x and no HTTP.
 */
package io.millrace.inference;
