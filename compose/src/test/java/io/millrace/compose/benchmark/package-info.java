/** Measures what the pipeline costs. Not a test: {@code mvn -Pbenchmark -pl compose -am verify -DskipTests}. */
package io.millrace.compose.benchmark;
