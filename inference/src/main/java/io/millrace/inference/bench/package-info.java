/**
 * What measuring needs: models of any shape with random weights, and what the machine's memory gives at the most.
 *
 * <p>Nothing that runs models depends on it.
 */
package io.millrace.inference.bench;
