/**
 * What is measured of this process, for Prometheus. Names follow Prometheus's conventions, and OpenTelemetry's for generative AI where these have a name.
 *
 * <p>Knows what it measures; nothing that is measured knows of it.
 */
package io.millrace.compose.metrics;
