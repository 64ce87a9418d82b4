package io.millrace.sink.http;

/** What a key allows. */
public enum Scope {
    /** Send prompts, and cancel them. */
    GENERATE,
    /** Follow streams: those of prompts that were sent with the key. */
    SUBSCRIBE,
    /** Everything, with the streams of all. */
    ADMIN
}
