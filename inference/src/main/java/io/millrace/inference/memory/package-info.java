/**
 * Memory outside the heap for what is large and long-lived. Knows the operating system; knows nothing of models.
 */
package io.millrace.inference.memory;
