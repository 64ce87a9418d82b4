package io.millrace.inference.chat.jinja;

/** A name or an element that is not there: empty where it is printed or looped over, an error where it is used. */
record Undefined(String name) {}
