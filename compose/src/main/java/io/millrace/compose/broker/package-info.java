/**
 * Apache Kafka inside this process, for those who have no cluster: the same broker, the same files on disk.
 *
 * <p>Knows nothing of prompts, engines or subscribers.
 */
package io.millrace.compose.broker;
