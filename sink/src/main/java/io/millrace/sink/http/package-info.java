/**
 * What HTTP clients get: OpenAI's API, and token streams as Server-Sent Events.
 *
 * <p>Everything runs on the event loop of the request's connection and never blocks it. What is generated comes from
 * {@link io.millrace.sink.http.Generations}; where that gets it from is not known here.
 */
package io.millrace.sink.http;
