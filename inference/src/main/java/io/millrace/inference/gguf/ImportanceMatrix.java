package io.millrace.inference.gguf;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * How much an error counts in each column of a model's matrices: the mean square of what the column was multiplied with, over some text. llama.cpp's {@code imatrix} tool
 * makes such files.
 *
 * @param source the file, for messages
 * @param columns by tensor; not to be changed
 */
public record ImportanceMatrix(String source, Map<String, float[]> columns) {
    /** One that knows of no tensor. */
    public static ImportanceMatrix none() {
        return new ImportanceMatrix("", Map.of());
    }

    /**
     * Reads a file, in GGUF or in the form that was used before.
     *
     * @throws GgufException if it is missing, unreadable, damaged, or no importance matrix; the message says which
     */
    public static ImportanceMatrix read(Path path) {
        return new ImportanceMatrix(path.toString(), ImportanceMatrixReader.read(path));
    }

    /**
     * The importance of a tensor's columns, if it is known.
     *
     * @throws GgufException if it is that of rows of another length, and so of another model
     */
    public Optional<float[]> of(Tensor tensor) {
        float[] importance = columns.get(tensor.name());
        if (importance != null && importance.length != tensor.columns()) {
            throw new GgufException(source + ": has " + importance.length + " columns for " + tensor.name()
                    + ", which has " + tensor.columns() + "; it was made for another model");
        }
        return Optional.ofNullable(importance);
    }
}
