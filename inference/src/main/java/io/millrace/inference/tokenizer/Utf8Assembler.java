package io.millrace.inference.tokenizer;

/** Placeholder so that package documentation links resolve. */
final class Utf8Assembler {
    private Utf8Assembler() {}
}
