package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.compose.cli.CommandLineInterface.Root;
import io.millrace.inference.grammar.Grammar;
import io.millrace.inference.grammar.GrammarException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "grammar", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Tries a grammar or a JSON Schema: prints 'accept' or 'reject' for a text on stdin.")
final class GrammarCommand implements Callable<Integer> {
    @Option(names = "--gbnf", paramLabel = "FILE", description = "A file with a grammar in GBNF.")
    private Path gbnf;

    @Option(names = "--json-schema", paramLabel = "FILE", description = "A file with a JSON Schema.")
    private Path schema;

    @Option(names = "--nul", description = "Read many texts from stdin, each ended by a NUL character, and print a verdict a line.")
    private boolean nul;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if ((gbnf == null) == (schema == null)) {
            throw new UserException("give either --gbnf or --json-schema");
        }
        Grammar grammar = read();
        Output output = Root.outputOf(spec);
        List<String> texts = nul
                ? PromptText.nulEndedOfStandardInput()
                : List.of(PromptText.standardInput());
        for (String text : texts) {
            output.printLine(grammar.accepts(text) ? "accept" : "reject");
        }
        return 0;
    }

    private Grammar read() {
        Path file = gbnf != null ? gbnf : schema;
        String text = PromptText.ofFile(file);
        try {
            return gbnf != null ? Grammar.parse(text) : Grammar.ofJsonSchema(text);
        } catch (GrammarException e) {
            throw new UserException(file + ": " + e.getMessage(), e);
        }
    }
}
