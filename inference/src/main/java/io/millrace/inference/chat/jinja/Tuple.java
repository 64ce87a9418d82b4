package io.millrace.inference.chat.jinja;

import java.util.List;

/** Python's tuple: equal to other tuples, never to a list. */
record Tuple(List<Object> items) {}
