package io.millrace.sink.http;

import io.millrace.schemas.TokenEvent;

/** One choice of an answer, with the event that ended it. */
record AnsweredChoice(String text, TokenEvent.Completed end) {}
