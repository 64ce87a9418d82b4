package io.millrace.inference.chat.jinja;

/** Something a template can call: a global, a method of a value, a macro. */
@FunctionalInterface
interface Function {
    Object call(Arguments arguments);
}
