package io.millrace.compose.cli;

import io.millrace.inference.EngineOptions;
import io.millrace.inference.LanguageModel;
import io.millrace.inference.SamplingOptions;
import io.millrace.inference.grammar.Grammar;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import picocli.CommandLine.Mixin;

/** How to generate where there is no topic between: with which model, how much, and what. */
final class GenerationFlags {
    @Mixin
    private LengthFlag length;

    @Mixin
    private ModelFlags model;

    @Mixin
    private SamplingFlags sampling;

    @Mixin
    private LocalSamplingFlags localSampling;

    @Mixin
    private GrammarFlags grammar;

    @Mixin
    private SpeculationFlags speculation;

    /** Checks what can be checked before a model is loaded, and reads the grammar; empty for any text. */
    Optional<Grammar> grammar() {
        length.requireValid();
        speculation.requireValid();
        return grammar.grammar();
    }

    /** Opens the model; the caller closes it. */
    LanguageModel open() {
        return model.open();
    }

    /** Opens what guessing ahead takes; the caller closes it, after the engine. */
    OpenSpeculation openSpeculation() {
        return speculation.open();
    }

    EngineOptions options(LanguageModel opened, OpenSpeculation guesses, int longestDefaultContext) {
        return model.options(opened, 1, longestDefaultContext, 0, guesses.speculation());
    }

    /** With a seed of its own where none is given. */
    SamplingOptions sampling(LanguageModel opened, int contextLength) {
        return localSampling.applyTo(sampling.options(ThreadLocalRandom.current().nextInt(Integer.MAX_VALUE)),
                contextLength, opened.tokenizer().vocabulary());
    }

    /** The most tokens to generate. */
    int limit(int contextLength) {
        return length.limit(contextLength);
    }
}
