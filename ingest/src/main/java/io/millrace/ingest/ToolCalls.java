package io.millrace.ingest;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.inference.chat.AnswerParser;
import io.millrace.inference.grammar.Grammar;
import io.millrace.inference.grammar.GrammarException;
import io.millrace.inference.grammar.ToolCallGrammar;
import io.millrace.schemas.InvalidPromptException;
import io.millrace.schemas.Tool;
import io.millrace.schemas.ToolChoice;
import io.millrace.schemas.ToolUse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** What a prompt's tools ask of its answer. */
final class ToolCalls {
    private static final String NO_ARGUMENTS = "{\"type\":\"object\",\"properties\":{},\"additionalProperties\":false}";

    private ToolCalls() {}

    /**
     * Makes sure that the tools can be offered, and the choice made.
     *
     * @throws InvalidPromptException saying why not
     */
    static void check(ToolUse use, boolean isChat) {
        if (!isChat && use.isOffered()) {
            throw new InvalidPromptException(
                    "tools are for conversations; give messages instead of prompt, or leave tools out");
        }
        List<String> names = use.tools().stream().map(Tool::name).toList();
        names.stream().filter(name -> names.indexOf(name) != names.lastIndexOf(name)).findFirst().ifPresent(name -> {
            throw new InvalidPromptException("two tools have the name " + name + "; rename one");
        });
        if (use.choice() instanceof ToolChoice.Required && names.isEmpty()) {
            throw new InvalidPromptException(
                    "tool_choice is required, but there are no tools; give some, or leave it out");
        }
        if (use.choice() instanceof ToolChoice.Function(String name) && !names.contains(name)) {
            throw new InvalidPromptException(
                    "tool_choice names the function " + name + ", which is not among the tools");
        }
    }

    /** Reads an answer; empty if no tools are offered. */
    static Optional<AnswerReading> reading(ToolUse use, OptionalInt pythonTag, String promptId) {
        if (!use.isOffered()) {
            return Optional.empty();
        }
        var names = use.tools().stream().map(Tool::name).collect(Collectors.toSet());
        return Optional.of(new ToolCallReading(new AnswerParser(names, pythonTag), promptId));
    }

    /**
     * What an answer must look like, where tools are offered.
     *
     * @param schema of an answer that calls nothing, in JSON, if there is one
     * @throws InvalidPromptException naming the tool whose parameters cannot be kept
     */
    static Optional<Grammar> grammar(ToolUse use, Optional<String> schema) {
        boolean several = use.isParallel() == null || use.isParallel();
        try {
            return switch (use.choice()) {
                case ToolChoice.Required _ ->
                    Optional.of(new ToolCallGrammar(parameters(use.tools()), several).required());
                case ToolChoice.Function(String name) -> Optional.of(new ToolCallGrammar(parameters(use.tools().stream()
                        .filter(tool -> tool.name().equals(name)).toList()), false).required());
                case null, default -> optional(use, several, schema);
            };
        } catch (GrammarException e) {
            throw new InvalidPromptException(e.getMessage());
        }
    }

    /** A model that need not call is held to what it must keep if it does, if to anything. */
    private static Optional<Grammar> optional(ToolUse use, boolean several, Optional<String> schema) {
        if (schema.isEmpty() && use.tools().stream().noneMatch(Tool::isStrict)) {
            return Optional.empty();
        }
        var calls = new ToolCallGrammar(parameters(use.tools()), several);
        return Optional.of(schema.isPresent() ? calls.orJson(schema.get()) : calls.orText());
    }

    private static Map<String, String> parameters(List<Tool> tools) {
        Map<String, String> parameters = new LinkedHashMap<>();
        for (Tool tool : tools) {
            parameters.put(tool.name(), schema(tool));
        }
        return parameters;
    }

    private static String schema(Tool tool) {
        JsonNode schema = tool.parameters();
        if (schema == null) {
            return NO_ARGUMENTS;
        }
        if (!schema.isEmpty() && !schema.path("type").asText().equals("object")) {
            throw new InvalidPromptException("the parameters of the tool " + tool.name() + " must be of type object");
        }
        return schema.toString();
    }
}
