package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.inference.grammar.Grammar;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** What a generated text must look like, in llama.cpp's names. */
final class GrammarFlags {
    @Option(names = "--grammar", paramLabel = "GBNF", description = "A grammar that the text must keep.")
    private String grammar;

    @Option(names = "--grammar-file", paramLabel = "FILE", description = "A file with such a grammar.")
    private Path grammarFile;

    @Option(names = {"-j",
            "--json-schema"}, paramLabel = "SCHEMA", description = "A JSON Schema that the text must keep; {} is any JSON object.")
    private String schema;

    @Option(names = {"-jf",
            "--json-schema-file"}, paramLabel = "FILE", description = "A file with such a schema.")
    private Path schemaFile;

    /**
     * The grammar to keep; empty for any text.
     *
     * @throws UserException if more than one is given, or a file cannot be read
     * @throws io.millrace.inference.grammar.GrammarException if it cannot be kept
     */
    Optional<Grammar> grammar() {
        if (Stream.of(grammar, grammarFile, schema, schemaFile).filter(flag -> flag != null).count() > 1) {
            throw new UserException("give one of --grammar, --grammar-file, --json-schema and --json-schema-file");
        }
        if (schema != null || schemaFile != null) {
            return Optional.of(Grammar.ofJsonSchema(schema != null ? schema : PromptText.ofFile(schemaFile)));
        }
        if (grammar != null || grammarFile != null) {
            return Optional.of(Grammar.parse(grammar != null ? grammar : PromptText.ofFile(grammarFile)));
        }
        return Optional.empty();
    }
}
