/**
 * From the engine to topics, and from topics to subscribers.
 *
 * <p>{@link io.millrace.sink.TopicWriter} is the workers' side: token events at once, completions with consumed offsets in
 * transactions; {@link io.millrace.sink.TakeoverReplay} reads back what workers before them streamed. {@link io.millrace.sink.StreamHub} and {@link io.millrace.sink.GatewayVerticle} are the gateways': one reader of
 * the topic serves any number of subscribers, whose backlog is bounded.
 *
 * <p>Blocking clients live on virtual threads, WebSockets on event loops; neither waits for the other.
 *
 * <p>Must not know how prompts are read or run: what it needs to send prompts on it states as an interface.
 */
package io.millrace.sink;
