package io.millrace.inference.chat.jinja;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/** Expressions, by recursive descent: one method for each level of precedence, loosest first. */
final class ExpressionParser {
    private static final Set<String> COMPARISONS = Set.of("==", "!=", "<", "<=", ">", ">=", "in", "not in");
    private static final Set<String> NOT_AN_ARGUMENT = Set.of("and", "or", "not", "in", "is", "if", "else");

    private final TokenStream tokens;

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
    }

    /** An expression, or a tuple of some without parentheses. */
    Expression tupleOrExpression() {
        int at = tokens.peek().at();
        Expression first = expression();
        if (!tokens.isOperator(",")) {
            return first;
        }
        List<Expression> items = new ArrayList<>(List.of(first));
        while (tokens.skipOperator(",") && beginsExpression()) {
            items.add(expression());
        }
        return new Expression.Sequence(items, true, at);
    }

    private boolean beginsExpression() {
        return switch (tokens.peek().kind()) {
            case NAME, INTEGER, FLOAT, STRING -> true;
            case OPERATOR -> "([{+-".contains(tokens.peek().text());
            default -> false;
        };
    }

    Expression expression() {
        tokens.enter();
        Expression result = withoutConditional();
        while (tokens.isName("if")) {
            int at = tokens.next().at();
            Expression condition = withoutConditional();
            Expression otherwise = tokens.skipName("else") ? expression() : null;
            result = new Expression.Conditional(condition, result, otherwise, at);
        }
        tokens.leave();
        return result;
    }

    /** As in the list of a loop, where {@code if} means something else. */
    Expression withoutConditional() {
        return leftToRight(this::conjunction, Set.of("or"));
    }

    private Expression conjunction() {
        return leftToRight(this::negation, Set.of("and"));
    }

    private Expression negation() {
        if (!tokens.isName("not")) {
            return comparison();
        }
        tokens.enter();
        int at = tokens.next().at();
        Expression result = new Expression.Unary("not", negation(), at);
        tokens.leave();
        return result;
    }

    private Expression comparison() {
        Expression left = sum();
        String operator = comparisonOperator();
        if (operator == null) {
            return left;
        }
        int at = tokens.peek().at();
        tokens.next();
        if (operator.equals("not in")) {
            tokens.next();
        }
        Expression result = new Expression.Binary(operator, left, sum(), at);
        if (comparisonOperator() != null) {
            throw tokens.error(tokens.peek().at(), "chained comparisons are not supported; use \"and\"");
        }
        return result;
    }

    private String comparisonOperator() {
        if (tokens.isName("not") && tokens.peekSecond().is(Token.Kind.NAME, "in")) {
            return "not in";
        }
        boolean mayBe = tokens.peek().kind() == Token.Kind.OPERATOR || tokens.isName("in");
        return mayBe && COMPARISONS.contains(tokens.peek().text()) ? tokens.peek().text() : null;
    }

    private Expression sum() {
        return leftToRight(this::concatenation, Set.of("+", "-"));
    }

    private Expression concatenation() {
        return leftToRight(this::product, Set.of("~"));
    }

    private Expression product() {
        return leftToRight(this::power, Set.of("*", "/", "//", "%"));
    }

    private Expression power() {
        return leftToRight(() -> unary(true), Set.of("**"));
    }

    private Expression leftToRight(Supplier<Expression> operand, Set<String> operators) {
        Expression left = operand.get();
        while (isOneOf(operators)) {
            Token operator = tokens.next();
            left = new Expression.Binary(operator.text(), left, operand.get(), operator.at());
        }
        return left;
    }

    private boolean isOneOf(Set<String> operators) {
        Token.Kind kind = tokens.peek().kind();
        return (kind == Token.Kind.OPERATOR || kind == Token.Kind.NAME) && operators.contains(tokens.peek().text());
    }

    private Expression unary(boolean withFilters) {
        Expression result;
        if (tokens.isOperator("-") || tokens.isOperator("+")) {
            tokens.enter();
            Token operator = tokens.next();
            result = new Expression.Unary(operator.text(), unary(false), operator.at());
            tokens.leave();
        } else {
            result = postfix(primary());
        }
        return withFilters ? filtersAndTests(result) : result;
    }

    private Expression primary() {
        Token token = tokens.next();
        int at = token.at();
        return switch (token.kind()) {
            case NAME -> name(token);
            case STRING -> new Expression.Literal(adjacentStrings(token), at);
            case INTEGER -> new Expression.Literal(integer(token), at);
            case FLOAT -> new Expression.Literal(Double.parseDouble(token.text()), at);
            case OPERATOR -> switch (token.text()) {
                case "(" -> parenthesised(at);
                case "[" -> new Expression.Sequence(list("]"), false, at);
                case "{" -> mapping(at);
                default -> throw unexpected(token);
            };
            default -> throw unexpected(token);
        };
    }

    private JinjaException unexpected(Token token) {
        return tokens.error(token.at(), "expected an expression, found " + token.describe());
    }

    private static Expression name(Token token) {
        return switch (token.text()) {
            case "true", "True" -> new Expression.Literal(true, token.at());
            case "false", "False" -> new Expression.Literal(false, token.at());
            case "none", "None" -> new Expression.Literal(null, token.at());
            default -> new Expression.Name(token.text(), token.at());
        };
    }

    private String adjacentStrings(Token first) {
        StringBuilder text = new StringBuilder(first.text());
        while (tokens.peek().kind() == Token.Kind.STRING) {
            text.append(tokens.next().text());
        }
        return text.toString();
    }

    private Long integer(Token token) {
        try {
            return Long.valueOf(token.text());
        } catch (NumberFormatException e) {
            throw tokens.error(token.at(), "the number " + token.text() + " is too large");
        }
    }

    private Expression parenthesised(int at) {
        if (tokens.skipOperator(")")) {
            return new Expression.Sequence(List.of(), true, at);
        }
        Expression inner = tupleOrExpression();
        tokens.expectOperator(")");
        return inner;
    }

    private List<Expression> list(String close) {
        List<Expression> items = new ArrayList<>();
        while (!tokens.skipOperator(close)) {
            items.add(expression());
            if (!tokens.isOperator(close)) {
                tokens.expectOperator(",");
            }
        }
        return items;
    }

    private Expression mapping(int at) {
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.skipOperator("}")) {
            keys.add(expression());
            tokens.expectOperator(":");
            values.add(expression());
            if (!tokens.isOperator("}")) {
                tokens.expectOperator(",");
            }
        }
        return new Expression.Mapping(keys, values, at);
    }

    private Expression postfix(Expression start) {
        Expression result = start;
        while (true) {
            int at = tokens.peek().at();
            if (tokens.skipOperator(".")) {
                Token name = tokens.next();
                result = switch (name.kind()) {
                    case NAME -> new Expression.Attribute(result, name.text(), name.at());
                    case INTEGER -> new Expression.Subscript(result, new Expression.Literal(integer(name), at), at);
                    default -> throw tokens.error(name.at(), "expected a name, found " + name.describe());
                };
            } else if (tokens.skipOperator("[")) {
                result = subscript(result, at);
            } else if (tokens.skipOperator("(")) {
                result = new Expression.Call(result, passed(), at);
            } else {
                return result;
            }
        }
    }

    private Expression subscript(Expression target, int at) {
        Expression from = tokens.isOperator(":") ? null : tupleOrExpression();
        if (tokens.skipOperator("]")) {
            return new Expression.Subscript(target, from, at);
        }
        tokens.expectOperator(":");
        Expression to = tokens.isOperator(":") || tokens.isOperator("]") ? null : expression();
        Expression step = tokens.skipOperator(":") && !tokens.isOperator("]") ? expression() : null;
        tokens.expectOperator("]");
        return new Expression.Slice(target, from, to, step, at);
    }

    /** The arguments after an opening parenthesis. */
    private Expression.Passed passed() {
        List<Expression> positional = new ArrayList<>();
        Map<String, Expression> named = new LinkedHashMap<>();
        while (!tokens.skipOperator(")")) {
            if (tokens.peek().kind() == Token.Kind.NAME && tokens.peekSecond().is(Token.Kind.OPERATOR, "=")) {
                String name = tokens.next().text();
                tokens.next();
                named.put(name, expression());
            } else if (named.isEmpty()) {
                positional.add(expression());
            } else {
                throw tokens.expected("name=value");
            }
            if (!tokens.isOperator(")")) {
                tokens.expectOperator(",");
            }
        }
        return new Expression.Passed(positional, named);
    }

    private Expression filtersAndTests(Expression start) {
        Expression result = start;
        while (true) {
            int at = tokens.peek().at();
            if (tokens.skipOperator("|")) {
                String name = tokens.expectName();
                Expression.Passed passed = tokens.skipOperator("(") ? passed() : Expression.Passed.NOTHING;
                result = postfix(new Expression.Filter(result, name, passed, at));
            } else if (tokens.skipName("is")) {
                boolean negated = tokens.skipName("not");
                result = new Expression.Test(result, tokens.expectName(), testArguments(), at);
                result = negated ? new Expression.Unary("not", result, at) : result;
            } else {
                return result;
            }
        }
    }

    /** In parentheses, or one simple value without. */
    private Expression.Passed testArguments() {
        if (tokens.skipOperator("(")) {
            return passed();
        }
        Token token = tokens.peek();
        boolean value = switch (token.kind()) {
            case STRING, INTEGER, FLOAT -> true;
            case NAME -> !NOT_AN_ARGUMENT.contains(token.text());
            case OPERATOR -> token.text().equals("[") || token.text().equals("{");
            default -> false;
        };
        return value ? new Expression.Passed(List.of(postfix(primary())), Map.of()) : Expression.Passed.NOTHING;
    }
}
