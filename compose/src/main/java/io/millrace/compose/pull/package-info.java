/**
 * Fetches models over HTTP into a folder, and finds them there again.
 *
 * <p>Knows Hugging Face's addresses, ranges and checksums; of models no more than whether a file is one.
 */
package io.millrace.compose.pull;
