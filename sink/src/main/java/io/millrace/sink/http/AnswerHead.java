package io.millrace.sink.http;

/**
 * What all parts of an answer have in common.
 *
 * @param createdSeconds since 1970
 * @param model that answers
 * @param tellsUsage whether a stream ends with its token counts
 */
record AnswerHead(String id, long createdSeconds, String model, boolean tellsUsage) {
    AnswerHead by(String newModel) {
        return new AnswerHead(id, createdSeconds, newModel, tellsUsage);
    }
}
