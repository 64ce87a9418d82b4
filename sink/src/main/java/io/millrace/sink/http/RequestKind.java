package io.millrace.sink.http;

import io.millrace.schemas.GenerationCall;
import java.util.function.Function;

/**
 * A kind of requests that prompts are made of.
 *
 * @param read understands a request's body
 * @param idPrefix what stands before an answer's id
 */
record RequestKind(Function<byte[], Request> read, String idPrefix) {
    /**
     * What is asked, and how the answer is to be put.
     *
     * @param format a {@link StreamFormat} if the call asks for a stream
     */
    record Request(GenerationCall call, AnswerFormat format) {}
}
