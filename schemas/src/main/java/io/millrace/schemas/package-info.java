/**
 * The contract between Millrace's parts and everyone outside: the records that travel on the topics and over
 * WebSocket, their JSON form, and the names of the topics. The JSON Schemas and {@code asyncapi.yaml} among the
 * resources under {@code schemas/} say the same to other languages.
 *
 * <p>Immutable data, safe for any thread. This package must not know how anything is computed, stored or sent: no
 * engine, no Vert.x, no consumers or producers (of Kafka's clients only the serializers' interfaces).
 */
package io.millrace.schemas;
