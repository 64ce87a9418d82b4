package io.millrace.schemas;

/**
 * What an HTTP client asks to have embedded.
 *
 * @param call a prompt for each input
 * @param isBase64 whether the client wants numbers as bytes, in base64
 */
public record EmbeddingsCall(GenerationCall call, boolean isBase64) {}
