package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.compose.pull.ModelsFolder;
import io.millrace.inference.LanguageModel;
import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.tokenizer.Tokenizer;
import io.millrace.inference.tokenizer.Tokenizers;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which model. */
final class ModelFile {
    /** Names one of several models in a llamafile, whose own check knows what is in it. */
    private static final char MEMBER = '@';

    @Option(names = {"-m",
            "--model"}, paramLabel = "FILE|NAME", description = "The model: a GGUF file, one of its shards or parts, or a llamafile; or the name of one that 'millrace pull' fetched. The small built-in one unless given.")
    private String model;

    @Mixin
    private ModelsFolderFlag models;

    /** Opens it to be run; the caller closes it. */
    LanguageModel open() {
        return model == null ? LanguageModel.demo() : LanguageModel.load(file());
    }

    /** Opens it to be looked at, whatever its architecture; the caller closes it. */
    Gguf openFile() {
        return model == null ? LanguageModel.demoFile() : Gguf.open(file());
    }

    /** Its tokenizer alone, for which a file needs no weights. */
    Tokenizer tokenizer() {
        try (Gguf opened = openFile()) {
            return Tokenizers.of(opened.metadata());
        }
    }

    /** A file that is there goes first; then what was fetched. */
    private Path file() {
        Path file = path();
        if (file != null && (Files.exists(file) || !ModelsFolder.isName(model))) {
            return file;
        }
        return models.folder().find(model).orElseGet(() -> {
            if (file == null || model.indexOf(MEMBER) < 0) {
                throw new UserException(model + ": there is no such file, and no model of this name in "
                        + models.folder().path() + ": 'millrace models' lists those, 'millrace pull' fetches more");
            }
            return file;
        });
    }

    /** Null if it can only be a name: some systems have no colon in paths. */
    private Path path() {
        try {
            return Path.of(model);
        } catch (InvalidPathException _) {
            return null;
        }
    }
}
