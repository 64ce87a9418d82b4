package io.millrace.inference.chat.jinja;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Statements: text, output, and the blocks between {@code {%} and {@code %}}. */
final class Parser {
    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private int loops;

    Parser(Source source) {
        tokens = new TokenStream(source);
        expressions = new ExpressionParser(tokens);
    }

    List<Statement> template() {
        List<Statement> result = until(Set.of());
        if (tokens.peek().kind() != Token.Kind.END) {
            throw tokens.expected("the end of the template");
        }
        return result;
    }

    /** Statements up to a block that begins with one of these names, which is left there. */
    private List<Statement> until(Set<String> ends) {
        tokens.enter();
        List<Statement> result = new ArrayList<>();
        while (tokens.peek().kind() != Token.Kind.END) {
            Token token = tokens.peek();
            if (token.kind() == Token.Kind.BLOCK_BEGIN && ends.contains(tokens.peekSecond().text())) {
                break;
            }
            tokens.next();
            switch (token.kind()) {
                case TEXT -> result.add(new Statement.Text(token.text(), token.at()));
                case OUTPUT_BEGIN -> {
                    result.add(new Statement.Output(expressions.tupleOrExpression(), token.at()));
                    tokens.expect(Token.Kind.OUTPUT_END, "\"}}\"");
                }
                default -> block(result);
            }
        }
        tokens.leave();
        return result;
    }

    private void block(List<Statement> result) {
        Token name = tokens.expect(Token.Kind.NAME, "the name of a block");
        int at = name.at();
        switch (name.text()) {
            case "if" -> result.add(ifBlock(at));
            case "for" -> result.add(forBlock(at));
            case "set" -> result.add(set(at));
            case "macro" -> result.add(macro(at));
            case "break" -> result.add(loopControl(new Statement.Break(at)));
            case "continue" -> result.add(loopControl(new Statement.Continue(at)));
            case "generation" -> {
                // marks what a model is trained on; says nothing about the text
                endOfBlock();
                result.addAll(until(Set.of("endgeneration")));
                end("endgeneration", at);
            }
            default -> throw tokens.error(at, "the block \"" + name.text() + "\" is not supported here");
        }
    }

    private Statement loopControl(Statement statement) {
        if (loops == 0) {
            throw tokens.error(statement.at(), "break and continue belong into a loop");
        }
        endOfBlock();
        return statement;
    }

    private Statement ifBlock(int at) {
        Expression condition = expressions.tupleOrExpression();
        endOfBlock();
        List<Statement> then = until(Set.of("elif", "else", "endif"));
        List<Statement> otherwise = List.of();
        if (tokens.peek().kind() != Token.Kind.END && tokens.peekSecond().text().equals("elif")) {
            tokens.next();
            int elif = tokens.next().at();
            tokens.enter();
            otherwise = List.of(ifBlock(elif));
            tokens.leave();
            return new Statement.If(condition, then, otherwise, at);
        }
        if (tokens.peekSecond().text().equals("else")) {
            otherwise = otherwise("endif");
        }
        end("endif", at);
        return new Statement.If(condition, then, otherwise, at);
    }

    private List<Statement> otherwise(String end) {
        tokens.next();
        tokens.next();
        endOfBlock();
        return until(Set.of(end));
    }

    private Statement forBlock(int at) {
        List<String> names = names();
        if (!tokens.skipName("in")) {
            throw tokens.expected("\"in\"");
        }
        Expression items = expressions.withoutConditional();
        Expression condition = tokens.skipName("if") ? expressions.expression() : null;
        if (tokens.isName("recursive")) {
            throw tokens.error(tokens.peek().at(), "recursive loops are not supported");
        }
        endOfBlock();
        loops++;
        List<Statement> body = until(Set.of("else", "endfor"));
        loops--;
        List<Statement> otherwise = tokens.peekSecond().text().equals("else") ? otherwise("endfor") : List.of();
        end("endfor", at);
        return new Statement.For(names, items, condition, body, otherwise, at);
    }

    private List<String> names() {
        boolean parenthesised = tokens.skipOperator("(");
        List<String> names = new ArrayList<>(List.of(tokens.expectName()));
        while (tokens.skipOperator(",")) {
            names.add(tokens.expectName());
        }
        if (parenthesised) {
            tokens.expectOperator(")");
        }
        return names;
    }

    private Statement set(int at) {
        List<String> names = names();
        String attribute = names.size() == 1 && tokens.skipOperator(".") ? tokens.expectName() : null;
        if (attribute == null && names.size() == 1 && tokens.peek().kind() == Token.Kind.BLOCK_END) {
            endOfBlock();
            List<Statement> body = until(Set.of("endset"));
            end("endset", at);
            return new Statement.AssignBlock(names.getFirst(), body, at);
        }
        tokens.expectOperator("=");
        Expression value = expressions.tupleOrExpression();
        endOfBlock();
        return attribute == null
                ? new Statement.Assign(names, value, at)
                : new Statement.AssignAttribute(names.getFirst(), attribute, value, at);
    }

    private Statement macro(int at) {
        String name = tokens.expectName();
        List<Statement.Parameter> parameters = new ArrayList<>();
        tokens.expectOperator("(");
        while (!tokens.skipOperator(")")) {
            String parameter = tokens.expectName();
            Expression otherwise = tokens.skipOperator("=") ? expressions.expression() : null;
            parameters.add(new Statement.Parameter(parameter, otherwise));
            if (!tokens.isOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        endOfBlock();
        int outerLoops = loops;
        loops = 0;
        List<Statement> body = until(Set.of("endmacro"));
        loops = outerLoops;
        end("endmacro", at);
        return new Statement.Macro(name, parameters, body, at);
    }

    private void end(String name, int start) {
        if (tokens.peek().kind() == Token.Kind.END) {
            throw tokens.error(start, "the block has no " + name);
        }
        tokens.next();
        tokens.next();
        while (name.equals("endmacro") && tokens.peek().kind() == Token.Kind.NAME) {
            tokens.next();
        }
        endOfBlock();
    }

    private void endOfBlock() {
        tokens.expect(Token.Kind.BLOCK_END, "\"%}\"");
    }
}
