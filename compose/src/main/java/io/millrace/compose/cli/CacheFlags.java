package io.millrace.compose.cli;

import io.millrace.inference.gguf.TensorType;
import picocli.CommandLine.Option;

/** How keys and values are kept. */
final class CacheFlags {
    @Option(names = {"-ctk",
            "--cache-type-k"}, paramLabel = "TYPE", defaultValue = "f32", description = "How keys are kept: f32, f16 or q8_0; ${DEFAULT-VALUE} unless given.")
    private TensorType keyType;

    @Option(names = {"-ctv",
            "--cache-type-v"}, paramLabel = "TYPE", defaultValue = "f32", description = "How values are kept, likewise.")
    private TensorType valueType;

    TensorType keyType() {
        return keyType;
    }

    TensorType valueType() {
        return valueType;
    }
}
