package io.millrace.inference.chat.jinja;

import java.util.ArrayList;
import java.util.List;

/** Carries out statements. One for each rendering. */
final class Renderer {
    private enum Flow {
        ON, BREAK, CONTINUE
    }

    private final Source source;
    private final Budget budget;
    private final Evaluator evaluator;
    private TextBuilder out = new TextBuilder();

    Renderer(Source source, Budget budget) {
        this.source = source;
        this.budget = budget;
        evaluator = new Evaluator(source, budget);
    }

    String render(List<Statement> statements, Scope scope) {
        TextBuilder outer = out;
        out = new TextBuilder();
        run(statements, scope);
        String result = out.toString();
        out = outer;
        return result;
    }

    private Flow run(List<Statement> statements, Scope scope) {
        for (Statement statement : statements) {
            try {
                budget.enter();
                Flow flow = run(statement, scope);
                budget.leave();
                if (flow != Flow.ON) {
                    return flow;
                }
            } catch (JinjaException e) {
                throw source.locate(e, statement.at());
            }
        }
        return Flow.ON;
    }

    private Flow run(Statement statement, Scope scope) {
        switch (statement) {
            case Statement.Text text -> out.append(text.text());
            case Statement.Output output -> out.append(Printer.text(evaluator.evaluate(output.value(), scope)));
            case Statement.Assign assign -> assign(assign.names(), evaluator.evaluate(assign.value(), scope), scope);
            case Statement.AssignAttribute assign -> assignAttribute(assign, scope);
            case Statement.AssignBlock assign -> scope.set(assign.name(), render(assign.body(), new Scope(scope)));
            case Statement.Macro macro -> scope.set(macro.name(), macro(macro, scope));
            case Statement.If choice -> {
                return run(evaluator.isTrue(choice.condition(), scope) ? choice.then() : choice.otherwise(), scope);
            }
            case Statement.For loop -> {
                return loop(loop, scope);
            }
            case Statement.Break ignored -> {
                return Flow.BREAK;
            }
            case Statement.Continue ignored -> {
                return Flow.CONTINUE;
            }
        }
        return Flow.ON;
    }

    private static void assign(List<String> names, Object value, Scope scope) {
        if (names.size() == 1) {
            scope.set(names.getFirst(), value);
            return;
        }
        List<Object> parts = Values.iterate(value);
        if (parts.size() != names.size()) {
            throw new JinjaException("cannot unpack " + parts.size() + " values into " + names.size() + " names");
        }
        for (int i = 0; i < parts.size(); i++) {
            scope.set(names.get(i), parts.get(i));
        }
    }

    private void assignAttribute(Statement.AssignAttribute assign, Scope scope) {
        if (!(scope.get(assign.namespace()) instanceof Namespace namespace)) {
            throw new JinjaException("only attributes of a namespace can be set, and \"" + assign.namespace() + "\" is "
                    + Values.describe(scope.get(assign.namespace())));
        }
        namespace.set(assign.attribute(), evaluator.evaluate(assign.value(), scope));
    }

    private Flow loop(Statement.For loop, Scope scope) {
        List<Object> items = loopItems(loop, scope);
        for (int i = 0; i < items.size(); i++) {
            budget.charge(Budget.NODE);
            Scope round = new Scope(scope);
            assign(loop.names(), items.get(i), round);
            round.set("loop", loopVariable(items, i));
            if (run(loop.body(), round) == Flow.BREAK) {
                return Flow.ON;
            }
        }
        return items.isEmpty() ? run(loop.otherwise(), scope) : Flow.ON;
    }

    private List<Object> loopItems(Statement.For loop, Scope scope) {
        List<Object> items = Values.iterate(evaluator.evaluate(loop.items(), scope));
        if (loop.condition() == null) {
            return items;
        }
        List<Object> selected = new ArrayList<>();
        for (Object item : items) {
            Scope round = new Scope(scope);
            assign(loop.names(), item, round);
            if (evaluator.isTrue(loop.condition(), round)) {
                selected.add(item);
            }
        }
        return selected;
    }

    private static Dict loopVariable(List<Object> items, int index) {
        int length = items.size();
        return new Dict().put("index", index + 1L).put("index0", (long) index).put("revindex", (long) length - index)
                .put("revindex0", length - index - 1L).put("first", index == 0).put("last", index == length - 1)
                .put("length", (long) length)
                .put("previtem", index == 0 ? new Undefined("previtem") : items.get(index - 1))
                .put("nextitem", index == length - 1 ? new Undefined("nextitem") : items.get(index + 1))
                .put("cycle", (Function) arguments -> arguments.positional().isEmpty()
                        ? new Undefined("cycle")
                        : arguments.positional().get(index % arguments.positional().size()));
    }

    private Function macro(Statement.Macro macro, Scope definition) {
        return arguments -> {
            if (arguments.positional().size() > macro.parameters().size()) {
                throw new JinjaException("the macro \"" + macro.name() + "\" takes " + macro.parameters().size()
                        + " arguments, not " + arguments.positional().size());
            }
            Scope scope = new Scope(definition);
            for (int i = 0; i < macro.parameters().size(); i++) {
                Statement.Parameter parameter = macro.parameters().get(i);
                Object value;
                if (arguments.has(i, parameter.name())) {
                    value = arguments.get(i, parameter.name(), null);
                } else {
                    value = parameter.otherwise() == null
                            ? new Undefined(parameter.name())
                            : evaluator.evaluate(parameter.otherwise(), scope);
                }
                scope.set(parameter.name(), value);
            }
            return render(macro.body(), scope);
        };
    }
}
