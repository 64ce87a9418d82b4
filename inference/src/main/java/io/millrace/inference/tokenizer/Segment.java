package io.millrace.inference.tokenizer;

/**
 * A stretch of a text and whether it may name special tokens.
 *
 * @param text the stretch; it may begin or end anywhere, inside a word too
 * @param parseSpecial whether the names of control tokens in it become those tokens
 */
public record Segment(String text, boolean parseSpecial) {}
