package io.millrace.inference.chat.jinja;

import java.time.Clock;
import java.util.List;
import java.util.Map;

/** A parsed template. Immutable, safe for any thread. */
public final class Template {
    private static final int MAX_LENGTH = 1 << 20;

    private final Source source;
    private final List<Statement> statements;

    private Template(Source source, List<Statement> statements) {
        this.source = source;
        this.statements = statements;
    }

    /**
     * Parses a template.
     *
     * @throws JinjaException if it is no template, or uses what is not supported here
     */
    public static Template parse(String text) {
        if (text.length() > MAX_LENGTH) {
            throw new JinjaException("a template of " + text.length() + " characters is too long; at most " + MAX_LENGTH
                    + " are allowed");
        }
        String unified = Untrusted.plain(text).replace("\r\n", "\n").replace('\r', '\n');
        Source source = new Source(unified.endsWith("\n") ? unified.substring(0, unified.length() - 1) : unified);
        return new Template(source, new Parser(source).template());
    }

    /**
     * Renders the template.
     *
     * @param variables texts, numbers, flags, nulls, and maps and collections of them
     * @param clock what {@code strftime_now} goes by
     * @return the text, in which what is {@linkplain Untrusted marked} in the variables still is
     * @throws JinjaException if the template refuses the variables, fails on them, or does too much
     */
    public String render(Map<String, ?> variables, Clock clock) {
        return render(variables, clock, new Budget());
    }

    String render(Map<String, ?> variables, Clock clock, Budget budget) {
        Scope scope = new Scope(null);
        Globals.functions(clock).forEach(scope::set);
        variables.forEach((name, value) -> scope.set(name, Values.fromJava(value)));
        try {
            return new Renderer(source, budget).render(statements, scope);
        } catch (StackOverflowError e) {
            // values can be nested deeper than the evaluation is
            throw new JinjaException("a value is nested too deeply");
        }
    }
}
