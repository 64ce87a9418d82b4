package io.millrace.inference.chat.jinja;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Computes expressions. One for each rendering. */
final class Evaluator {
    private final Source source;
    private final Budget budget;

    Evaluator(Source source, Budget budget) {
        this.source = source;
        this.budget = budget;
    }

    Object evaluate(Expression expression, Scope scope) {
        try {
            budget.enter();
            Object value = compute(expression, scope);
            budget.chargeFor(value);
            budget.leave();
            return value;
        } catch (JinjaException e) {
            throw source.locate(e, expression.at());
        }
    }

    boolean isTrue(Expression condition, Scope scope) {
        return Values.isTrue(evaluate(condition, scope));
    }

    private Object compute(Expression expression, Scope scope) {
        return switch (expression) {
            case Expression.Literal literal -> literal.value();
            case Expression.Name name -> scope.get(name.name());
            case Expression.Sequence sequence -> sequence(sequence, scope);
            case Expression.Mapping mapping -> mapping(mapping, scope);
            case Expression.Attribute attribute ->
                Elements.attribute(evaluate(attribute.target(), scope), attribute.name());
            case Expression.Subscript subscript -> Elements.element(evaluate(subscript.target(), scope),
                    evaluate(subscript.index(), scope));
            case Expression.Slice slice -> Elements.slice(evaluate(slice.target(), scope), part(slice.from(), scope),
                    part(slice.to(), scope), part(slice.step(), scope));
            case Expression.Call call -> call(call, scope);
            case Expression.Filter filter -> Filters.apply(filter.name(), evaluate(filter.value(), scope),
                    arguments(filter.passed(), scope));
            case Expression.Test test -> Checks.holds(test.name(), evaluate(test.value(), scope),
                    arguments(test.passed(), scope));
            case Expression.Unary unary -> unary(unary.operator(), evaluate(unary.operand(), scope));
            case Expression.Binary binary -> binary(binary, scope);
            case Expression.Conditional conditional -> conditional(conditional, scope);
        };
    }

    private Object part(Expression expression, Scope scope) {
        return expression == null ? null : evaluate(expression, scope);
    }

    private Object sequence(Expression.Sequence sequence, Scope scope) {
        List<Object> items = new ArrayList<>(sequence.items().size());
        sequence.items().forEach(item -> items.add(evaluate(item, scope)));
        List<Object> result = Collections.unmodifiableList(items);
        return sequence.tuple() ? new Tuple(result) : result;
    }

    private Object mapping(Expression.Mapping mapping, Scope scope) {
        Dict result = new Dict();
        for (int i = 0; i < mapping.keys().size(); i++) {
            result.put(evaluate(mapping.keys().get(i), scope), evaluate(mapping.values().get(i), scope));
        }
        return result;
    }

    private Object call(Expression.Call call, Scope scope) {
        Object function = evaluate(call.function(), scope);
        if (function instanceof Function callable) {
            return callable.call(arguments(call.passed(), scope));
        }
        throw new JinjaException("cannot call " + Values.describe(function));
    }

    private Arguments arguments(Expression.Passed passed, Scope scope) {
        List<Object> positional = new ArrayList<>();
        passed.positional().forEach(argument -> positional.add(evaluate(argument, scope)));
        Map<String, Object> named = new LinkedHashMap<>();
        passed.named().forEach((name, argument) -> named.put(name, evaluate(argument, scope)));
        return new Arguments(positional, named, budget);
    }

    private static Object unary(String operator, Object operand) {
        return switch (operator) {
            case "not" -> !Values.isTrue(operand);
            case "-" -> operand instanceof Double number ? (Object) (-number) : Operators.apply("-", 0L, operand);
            default -> Operators.apply("+", 0L, operand);
        };
    }

    private Object binary(Expression.Binary binary, Scope scope) {
        Object left = evaluate(binary.left(), scope);
        return switch (binary.operator()) {
            case "and" -> Values.isTrue(left) ? evaluate(binary.right(), scope) : left;
            case "or" -> Values.isTrue(left) ? left : evaluate(binary.right(), scope);
            default -> Operators.apply(binary.operator(), left, evaluate(binary.right(), scope));
        };
    }

    private Object conditional(Expression.Conditional conditional, Scope scope) {
        if (isTrue(conditional.condition(), scope)) {
            return evaluate(conditional.then(), scope);
        }
        return conditional.otherwise() == null ? new Undefined("else") : evaluate(conditional.otherwise(), scope);
    }
}
