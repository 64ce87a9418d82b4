package io.millrace.ingest;

/** A prompt that was checked against the model. */
public sealed interface PreparedPrompt permits PreparedGeneration, PreparedTask {
    /** How many tokens are to be read; 0 or more. */
    int promptTokens();
}
