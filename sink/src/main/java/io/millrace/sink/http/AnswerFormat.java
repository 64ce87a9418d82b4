package io.millrace.sink.http;

import io.vertx.core.json.JsonObject;
import java.util.List;

/** How an answer is put to clients. */
sealed interface AnswerFormat permits StreamFormat, EmbeddingsFormat, TokensFormat, TextFormat {
    /** The answer in one piece. */
    JsonObject whole(AnswerHead head, List<AnsweredChoice> choices);
}
