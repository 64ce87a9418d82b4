/**
 * An interpreter for the part of Jinja that chat templates are written in.
 *
 * <p>Written here, and not taken from a library, for two reasons. The one maintained engine for the JVM, jinjava, prints
 * values and strips white space in its own way: of six renderings of Llama 3.1's template none was right, and it brings
 * nine megabytes along. And templates put what people wrote next to the names of control tokens: this interpreter keeps
 * the two apart through every string operation, see {@link io.millrace.inference.chat.jinja.Untrusted}.
 *
 * <p>Semantics are those of Python's Jinja with {@code trim_blocks} and {@code lstrip_blocks}, values immutable but for
 * {@code namespace}. Templates come with models from anywhere: nesting, work and the size of every text are bounded, and
 * each error says line and column. A parsed {@link io.millrace.inference.chat.jinja.Template} is immutable and safe for any thread.
 */
package io.millrace.inference.chat.jinja;
