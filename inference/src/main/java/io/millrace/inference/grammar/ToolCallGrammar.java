package io.millrace.inference.grammar;

import static io.millrace.inference.grammar.Expression.anyNumber;
import static io.millrace.inference.grammar.Expression.between;
import static io.millrace.inference.grammar.Expression.choice;
import static io.millrace.inference.grammar.Expression.oneOf;
import static io.millrace.inference.grammar.Expression.sequence;
import static io.millrace.inference.grammar.Expression.text;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.millrace.inference.grammar.Expression.OneOf;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Answers that call functions, as Llama 3.1 writes them and {@link io.millrace.inference.chat.AnswerParser} reads them: {@code {"name": "get_weather",
 * "parameters": {"city": "Oslo"}}}, several with semicolons between them. Immutable; safe for any thread.
 */
public final class ToolCallGrammar {
    /** As many as OpenAI's clients take. */
    private static final int MOST_CALLS = 128;
    private static final String BLANKS = " \t\r\n";

    private final Map<String, Expression> rules = new HashMap<>(JsonText.rules());
    private final Expression calls;

    /**
     * Reads the functions' schemas.
     *
     * @param parameters for each function by name the JSON Schema of its arguments, an object; in the order in which they are offered
     * @param several whether more than one may be called
     * @throws GrammarException naming the function whose schema is wrong, or asks for what cannot be kept
     */
    public ToolCallGrammar(Map<String, String> parameters, boolean several) {
        var options = new ArrayList<Expression>();
        parameters.forEach((name, schema) -> options.add(call(name, schema, "tool " + options.size() + " ")));
        Expression call = choice(List.copyOf(options));
        rules.put("call", call);
        Expression one = new Expression.Rule("call");
        calls = several ? sequence(one, between(0, MOST_CALLS - 1, sequence(text("; "), one))) : one;
    }

    private Expression call(String name, String schema, String prefix) {
        Expression arguments;
        try {
            arguments = JsonSchemaReader.add(schema, prefix, rules);
        } catch (GrammarException e) {
            throw new GrammarException("the parameters of the tool " + name + ": " + e.getMessage(), e);
        }
        String quoted = '"' + new String(JsonStringEncoder.getInstance().quoteAsString(name)) + '"';
        return sequence(text("{\"name\": " + quoted + ", \"parameters\": "), arguments, text("}"));
    }

    /** Nothing but calls. */
    public Grammar required() {
        return compile(calls);
    }

    /** Calls, or any text that cannot be taken for one. */
    public Grammar orText() {
        Expression first = new OneOf(CodePoints.of(BLANKS + "{").not());
        Expression text = sequence(anyNumber(oneOf(BLANKS)), Expression.optional(sequence(first, anyNumber(new OneOf(
                CodePoints.ALL)))));
        return compile(choice(calls, text));
    }

    /**
     * Calls, or JSON that a schema allows.
     *
     * @throws GrammarException if the schema is wrong, or asks for what cannot be kept
     */
    public Grammar orJson(String schema) {
        Map<String, Expression> all = new HashMap<>(rules);
        return compile(choice(calls, JsonSchemaReader.add(schema, "answer ", all)), all);
    }

    private Grammar compile(Expression root) {
        return compile(root, new HashMap<>(rules));
    }

    private static Grammar compile(Expression root, Map<String, Expression> all) {
        all.put(Grammar.ROOT, root);
        return GrammarCompiler.compile(all);
    }
}
