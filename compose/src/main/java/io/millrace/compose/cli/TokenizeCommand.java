package io.millrace.compose.cli;

import io.millrace.compose.UserException;
import io.millrace.compose.cli.CommandLineInterface.Root;
import io.millrace.inference.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(name = "tokenize", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Prints a text's tokens as a JSON array of ids, without a beginning-of-sequence token. Reads the text from stdin if none is given.")
final class TokenizeCommand implements Callable<Integer> {
    @Option(names = {"-p", "--prompt"}, paramLabel = "TEXT", description = "The text.")
    private String text;

    @Option(names = {"-f", "--file"}, paramLabel = "FILE", description = "A file with the text.")
    private Path file;

    @Option(names = "--special", description = "Names of special tokens in the text become these tokens.")
    private boolean special;

    @Option(names = "--nul", description = "Read many texts from stdin, each ended by a NUL character, and print an array a line.")
    private boolean nul;

    @Mixin
    private ModelFile model;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (text != null && file != null || nul && (text != null || file != null)) {
            throw new UserException("give one of --prompt, --file and --nul");
        }
        Output output = Root.outputOf(spec);
        Tokenizer tokenizer = model.tokenizer();
        if (nul) {
            for (String each : PromptText.nulEndedOfStandardInput()) {
                output.printLine(ids(tokenizer, each));
            }
        } else {
            output.printLine(ids(tokenizer, text != null
                    ? text
                    : file != null ? PromptText.ofFile(file) : PromptText.ofStandardInput()));
        }
        return 0;
    }

    private String ids(Tokenizer tokenizer, String each) {
        return Arrays.toString(tokenizer.encode(each, special));
    }
}
