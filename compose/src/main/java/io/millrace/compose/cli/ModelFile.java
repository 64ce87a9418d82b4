package io.millrace.compose.cli;

import io.millrace.inference.LanguageModel;
import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.tokenizer.Tokenizer;
import io.millrace.inference.tokenizer.Tokenizers;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which model. */
final class ModelFile {
    @Option(names = {"-m",
            "--model"}, paramLabel = "FILE", description = "The model: a GGUF file, one of its shards or parts, or a llamafile; the small built-in one unless given.")
    private Path file;

    /** Opens it to be run; the caller closes it. */
    LanguageModel open() {
        return file == null ? LanguageModel.demo() : LanguageModel.load(file);
    }

    /** Opens it to be looked at, whatever its architecture; the caller closes it. */
    Gguf openFile() {
        return file == null ? LanguageModel.demoFile() : Gguf.open(file);
    }

    /** Its tokenizer alone, for which a file needs no weights. */
    Tokenizer tokenizer() {
        try (Gguf opened = openFile()) {
            return Tokenizers.of(opened.metadata());
        }
    }
}
