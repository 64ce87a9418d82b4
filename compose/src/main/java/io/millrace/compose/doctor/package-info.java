/**
 * Looks at a machine before, or when, something does not work on it: one check a concern, each of which tries the thing itself and says what to do. A
 * check never changes anything that outlives it. For one thread.
 */
package io.millrace.compose.doctor;
