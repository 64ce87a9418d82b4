/**
 * From Kafka into the engine: validation, admission, offsets.
 *
 * <p>Must not know who writes results or who subscribes to them: what it needs of a writer it states as an interface.
 */
package io.millrace.ingest;
