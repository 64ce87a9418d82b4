package io.millrace.sink.http;

import io.millrace.schemas.GenerationCall;
import io.millrace.schemas.Prompt;
import java.util.function.Function;

/**
 * A kind of requests to generate.
 *
 * @param read understands a request's body
 * @param idPrefix what stands before an answer's id
 * @param format of the answer to a prompt
 */
record RequestKind(Function<byte[], GenerationCall> read, String idPrefix, Function<Prompt, AnswerFormat> format) {}
