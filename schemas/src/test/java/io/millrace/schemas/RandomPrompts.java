package io.millrace.schemas;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Prompts in JSON, right ones and ones with mistakes in them, from one seed. */
final class RandomPrompts {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static final String CALL = "{\"id\":\"c\",\"type\":\"function\",\"function\":{\"name\":\"f\",\"arguments\":\"{}\"}}";

    /** Values in JSON that keep the contract, by field. */
    private static final Map<String, List<String>> GOOD = good();

    /**
     * Values that are wrong for many fields and right for some. None is a whole number of 2^63 or more with an exponent:
     * the validator fails on those.
     */
    private static final List<String> ODD = List.of("null", "true", "\"\"", "\" \"", "\"ten\"", "\"auto\"", "\"embed\"",
            "\"tokenize\"", "0", "1",
            "-1", "1.0", "1e1", "0.5", "2.5", "-0.0", "10.01", "100.5", "20", "21", "-2.0001", "2147483647",
            "2147483648", "-2147483649", "9223372036854775807", "9223372036854775808", "-9223372036854775808",
            "-9223372036854775809", "1e18", "12345678901234567890", "[]", "{}", "[\"a\"]", "[\"\"]", "[1]", "[null]",
            "[{}]",
            "[[\"a\"]]", strings(16), strings(17), "\"" + "i".repeat(256) + "\"", "\"" + "i".repeat(257) + "\"",
            "[{\"role\":\"user\",\"content\":null}]", "[{\"role\":\"bot\",\"content\":\"a\"}]",
            "[{\"role\":\"user\"}]", "[{\"content\":\"a\"}]", "[{\"role\":1,\"content\":\"a\"}]",
            "[{\"role\":\"user\",\"content\":1}]", "[{\"role\":\"user\",\"content\":{}}]",
            "[{\"role\":\"user\",\"content\":\"a\",\"name\":\"b\"}]",
            "[{\"role\":\"user\",\"content\":[{\"type\":\"text\"}]}]",
            "[{\"role\":\"user\",\"content\":[{\"text\":\"a\"}]}]",
            "[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"text\":\"a\"}]}]",
            "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\",\"more\":1}]}]",
            "[{\"type\":\"function\",\"function\":{\"name\":\"\"}}]", "[{\"type\":\"function\",\"function\":{}}]",
            "[{\"type\":\"code\",\"function\":{\"name\":\"f\"}}]",
            "[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"strict\":null}}]",
            "[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":[]}}]",
            "[{\"type\":\"function\",\"function\":{\"name\":\"f\"},\"name\":\"f\"}]", "{\"type\":\"function\"}",
            "{\"type\":\"function\",\"function\":{\"name\":\"f\",\"more\":1}}", "\"any\"",
            "[{\"role\":\"user\",\"content\":\"a\",\"tool_calls\":[" + CALL + "]}]",
            "[{\"role\":\"user\",\"content\":\"a\",\"tool_call_id\":\"c\"}]",
            "[{\"role\":\"assistant\",\"tool_calls\":[]}]", "[{\"role\":\"assistant\",\"tool_calls\":[{}]}]",
            "[{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[" + CALL + "," + CALL + "]}]",
            "[{\"role\":\"user\",\"content\":[\"a\"]}]", "[{\"role\":\"user\",\"content\":[]},\"b\"]");

    private static final List<String> OF_TASKS = List.of("prompt", "messages", "tokens", "add_special", "parse_special",
            "with_pieces");

    private static final List<String> UNKNOWN = List.of("promt", "Prompt", "max_token", "type", "n", "stream", "", " ",
            "$ref", "user", "m\u00fcll");

    private final Random random;

    RandomPrompts(long seed) {
        this.random = new Random(seed);
    }

    /** A prompt with up to three mistakes, often none. */
    ObjectNode next() throws Exception {
        ObjectNode prompt = right();
        for (int mistakes = random.nextInt(4); mistakes > 0; mistakes--) {
            String field = random.nextInt(8) == 0 ? pick(UNKNOWN) : pick(new ArrayList<>(GOOD.keySet()));
            if (random.nextInt(6) == 0) {
                prompt.remove(field);
            } else {
                prompt.set(field, MAPPER.readTree(pick(ODD)));
            }
        }
        return prompt;
    }

    /** A prompt that keeps the contract. */
    ObjectNode right() throws Exception {
        ObjectNode prompt = MAPPER.createObjectNode();
        if (random.nextInt(4) == 0) {
            return rightTask(prompt);
        }
        String content = random.nextBoolean() ? "prompt" : "messages";
        prompt.set(content, value(content));
        for (String field : GOOD.keySet()) {
            if (!OF_TASKS.contains(field) && random.nextInt(3) == 0) {
                prompt.set(field, value(field));
            }
        }
        return prompt;
    }

    private ObjectNode rightTask(ObjectNode prompt) throws Exception {
        String task = pick(List.of("embed", "tokenize", "detokenize", "apply_template"));
        prompt.put("task", task);
        List<String> fields = switch (task) {
            case "embed" -> List.of(random.nextBoolean() ? "prompt" : "tokens");
            case "tokenize" -> List.of("prompt", "add_special", "parse_special", "with_pieces");
            case "detokenize" -> List.of("tokens");
            default -> List.of("messages", "tools");
        };
        prompt.set(fields.getFirst(), value(fields.getFirst()));
        for (String field : fields) {
            if (random.nextBoolean()) {
                prompt.set(field, value(field));
            }
        }
        for (String field : List.of("id", "conversation", "model", "priority", "deadline_ms", "metadata")) {
            if (random.nextInt(3) == 0) {
                prompt.set(field, value(field));
            }
        }
        return prompt;
    }

    private JsonNode value(String field) throws Exception {
        return MAPPER.readTree(pick(GOOD.get(field)));
    }

    private <T> T pick(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private static String strings(int count) {
        return "[" + "\"a\",".repeat(count - 1) + "\"a\"]";
    }

    private static Map<String, List<String>> good() {
        Map<String, List<String>> good = new LinkedHashMap<>();
        good.put("prompt", List.of("\"Once\"", "\" \"", "\"\uD83D\uDE00 \\u0000 \\\" \\\\ \u00e9\""));
        good.put("messages", List.of("[{\"role\":\"user\",\"content\":\"hello\"}]",
                "[{\"role\":\"system\",\"content\":\"\"},{\"role\":\"assistant\",\"content\":null}]",
                "[{\"role\":\"assistant\",\"tool_calls\":[" + CALL + "]},{\"role\":\"tool\",\"tool_call_id\":\"c\","
                        + "\"content\":\"a\"}]",
                "[{\"role\":\"assistant\",\"content\":\"a\",\"tool_calls\":[]}]",
                "[{\"role\":\"tool\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\",\"text\":\"b\"}]}]"));
        good.put("task", List.of("\"generate\""));
        good.put("tokens", List.of("[0]", "[1,2,2147483647]", "[5.0]"));
        good.put("add_special", List.of("true", "false"));
        good.put("parse_special", List.of("true", "false"));
        good.put("with_pieces", List.of("true", "false"));
        good.put("id", List.of("\"a\"", "\"order-4711\"", "\"" + "\uD83D\uDE00".repeat(256) + "\""));
        good.put("conversation", List.of("\"\"", "\"customer\""));
        good.put("model", List.of("\"stories260K\""));
        good.put("max_tokens", List.of("1", "64", "2147483647", "5.0"));
        good.put("temperature", List.of("0", "0.7", "100"));
        good.put("top_p", List.of("1", "1e-9", "0.95"));
        good.put("top_k", List.of("0", "40"));
        good.put("min_p", List.of("0", "0.05", "1"));
        good.put("typical_p", List.of("0.2", "1.0"));
        good.put("repeat_penalty", List.of("1.1", "10"));
        good.put("frequency_penalty", List.of("-2", "0", "2"));
        good.put("presence_penalty", List.of("-2", "0.1", "2"));
        good.put("seed", List.of("-9223372036854775808", "0", "9223372036854775807"));
        good.put("stop", List.of("\"x\"", "[]", "[\"x\",\"\\n\"]", strings(16)));
        good.put("logprobs", List.of("0", "20"));
        good.put("grammar", List.of("\"root ::= [a-z]\"", "\"\""));
        good.put("response_format", List.of("{}", "{\"type\":\"json_object\"}"));
        good.put("tools", List.of("[]", "[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]",
                "[{\"type\":\"function\",\"function\":{\"name\":\"a.b-C_9\",\"description\":\"\",\"strict\":true,"
                        + "\"parameters\":{\"type\":\"object\"}}}]"));
        good.put("tool_choice", List.of("\"auto\"", "\"none\"", "\"required\"",
                "{\"type\":\"function\",\"function\":{\"name\":\"f\"}}"));
        good.put("parallel_tool_calls", List.of("true", "false"));
        good.put("priority", List.of("0", "5", "9"));
        good.put("deadline_ms", List.of("1", "9223372036854775807"));
        good.put("metadata", List.of("{\"a\":[1,2.50,{}]}", "[null]", "\"\"", "false", "12345678901234567890.5"));
        return good;
    }
}
