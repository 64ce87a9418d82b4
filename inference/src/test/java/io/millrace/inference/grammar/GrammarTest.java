package io.millrace.inference.grammar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.inference.Fuzz;
import io.millrace.inference.SharedData;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class GrammarTest {
    static Stream<Arguments> golden() {
        return StreamSupport.stream(SharedData.golden("grammar.json").spliterator(), false)
                .map(node -> Arguments.of(node.get("kind").asText() + " " + node.get("name").asText(), node));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("golden")
    void verdictsAreTheReferences(String name, JsonNode golden) {
        Grammar grammar = golden.has("grammar")
                ? Grammar.parse(golden.get("grammar").asText())
                : Grammar.ofJsonSchema(golden.get("schema").asText());
        for (JsonNode text : golden.get("accepts")) {
            assertThat(grammar.accepts(text.asText())).as("%s accepts %s", name, text).isTrue();
        }
        for (JsonNode text : golden.get("rejects")) {
            assertThat(grammar.accepts(text.asText())).as("%s rejects %s", name, text).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "root ::= \"a\" )              | line 1, column 14: unexpected ')'",
            "root ::= (\"a\"               | line 1, column 10: this ( is never closed",
            "root ::= \"a                  | line 1, column 10: this \" is never closed",
            "root ::= [a                   | line 1, column 10: this [ is never closed",
            "root ::= [z-a]                | line 1, column 11: the range ends before it begins",
            "root ::= \"\\q\"              | line 1, column 11: unknown escape",
            "root ::= \"\\u12\"            | line 1, column 11: the escape needs 4 hexadecimal digits",
            "root ::= a{2                  | line 1, column 11: this { is never closed",
            "root ::= a{3,2}               | line 1, column 11: the most, 2, is below the least, 3",
            "root ::= \"a\"{999999999999}  | line 1, column 14: at most 100000 repetitions",
            "root ::= *                    | line 1, column 10: unexpected '*'",
            "root := \"a\"                 | line 1, column 6: expected ::=",
            "::= \"a\"                     | line 1, column 1: expected a rule name",
            "root ::= missing              | line 1, column 10: there is no rule 'missing'",
            "start ::= \"a\"               | there is no rule 'root'"})
    void aWrongGrammarIsAnErrorWithLineAndColumn(String gbnf, String reason) {
        assertThatThrownBy(() -> Grammar.parse(gbnf.strip())).isInstanceOf(GrammarException.class)
                .hasMessageContaining(reason).hasMessageNotContaining("\n");
    }

    @Test
    void linesAndColumnsCountAsEditorsDo() {
        assertThatThrownBy(() -> Grammar.parse("# first\nroot ::= a\n  | \"\u26f5\" $\na ::= \"b\""))
                .hasMessageContaining("line 3, column 9: unexpected '$'");
        assertThatThrownBy(() -> Grammar.parse("root ::= \"a\"\nroot ::= \"b\"")).hasMessageContaining(
                "line 2, column 1: the rule 'root' is defined twice");
        assertThatThrownBy(() -> Grammar.parse("")).hasMessageContaining("no rule 'root'");
    }

    @Test
    void leftRecursionIsRefusedByName() {
        refusedAsLeftRecursive("root ::= root \"a\" | \"b\"", "root");
        refusedAsLeftRecursive("root ::= x\nx ::= \"b\"? x \"a\" | \"c\"", "x");
        refusedAsLeftRecursive("root ::= x\nx ::= y \"a\"\ny ::= x", "y");
    }

    private static void refusedAsLeftRecursive(String gbnf, String rule) {
        assertThatThrownBy(() -> Grammar.parse(gbnf)).isInstanceOf(GrammarException.class)
                .hasMessageContaining("left-recursive").hasMessageContaining("'" + rule + "'");
    }

    @Test
    void recursionElsewhereIsFollowed() {
        Grammar nested = Grammar.parse("root ::= \"(\" root* \")\"");
        assertThat(nested.accepts("(()(()))")).isTrue();
        assertThat(nested.accepts("(()(())")).isFalse();
        assertThat(nested.accepts("(".repeat(100_000) + ")".repeat(100_000))).isTrue();
        assertThat(Grammar.parse("root ::= (\"a\"? \"b\"?)*").accepts("abba")).isTrue();
        assertThat(Grammar.parse("root ::= ((\"a\"*)*)*").accepts("aaa")).isTrue();
    }

    @Test
    void longRepetitionsAreCounted() {
        Grammar counted = Grammar.parse("root ::= [a-z]{2,100000}");
        assertThat(counted.accepts("a".repeat(100_000))).isTrue();
        assertThat(counted.accepts("a".repeat(100_001))).isFalse();
        assertThat(Grammar.parse("root ::= (\"a\"?){1000} \"b\"").accepts("aab")).isTrue();
    }

    @Test
    void aGrammarThatCanBeReadInTooManyWaysIsAnError() {
        Grammar ambiguous = Grammar.parse("root ::= x\nx ::= \"a\" x \"b\" | \"a\" x \"c\" | \"a\"");
        assertThatThrownBy(() -> ambiguous.accepts("a".repeat(40))).isInstanceOf(GrammarException.class)
                .hasMessageContaining("too ambiguous");
    }

    /** Every set of characters matches what it names, byte by byte in UTF-8. */
    @RepeatedTest(20)
    void characterSetsHoldTheirCharactersAndNoOthers() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        CodePoints set = CodePoints.NONE;
        for (int i = 0; i < 3; i++) {
            int first = point(random);
            int last = point(random);
            set = set.or(CodePoints.range(Math.min(first, last), Math.max(first, last)));
        }
        set = random.nextBoolean() ? set.not() : set;
        Grammar grammar = GrammarCompiler.compile(Map.of(Grammar.ROOT, new Expression.OneOf(set)));
        for (int i = 0; i < 500; i++) {
            int c = point(random);
            if (c < Character.MIN_SURROGATE || c > Character.MAX_SURROGATE) {
                assertThat(grammar.accepts(Character.toString(c))).as("seed %d, character %x in %s", seed, c, set)
                        .isEqualTo(set.contains(c));
            }
        }
    }

    /** Of each length in UTF-8 alike. */
    private static int point(Random random) {
        int[] ends = {0x80, 0x800, 0x10000, Character.MAX_CODE_POINT + 1};
        return random.nextInt(ends[random.nextInt(ends.length)]);
    }

    /** All numbers of a range and none beside it. */
    @RepeatedTest(50)
    void integersAreKeptWithinTheirBounds() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        int[] widths = {10, 100, 1000, 20_000};
        long least = random.nextInt(-widths[random.nextInt(4)], widths[random.nextInt(4)]);
        long most = least + random.nextInt(widths[random.nextInt(4)]);
        Grammar grammar = Grammar.ofJsonSchema("{\"type\":\"integer\",\"minimum\":" + least + ",\"exclusiveMaximum\":"
                + (most + 1) + "}");
        for (long n = least - 200; n <= most + 200; n += 1 + random.nextInt(7)) {
            assertThat(grammar.accepts(Long.toString(n))).as("seed %d, %d in %d..%d", seed, n, least, most)
                    .isEqualTo(least <= n && n <= most);
        }
        assertThat(grammar.accepts(Long.toString(least)) && grammar.accepts(Long.toString(most))).isTrue();
        assertThat(grammar.accepts("-0") || grammar.accepts("01")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{\"type\":\"string\",\"pattern\":\"^a+$\"}     | \"aa\"             | \"ab\"",
            "{\"type\":\"string\",\"pattern\":\"b\"}        | \"abc\"            | \"ac\"",
            "{\"pattern\":\"^(x\\u007cyz){2}[^\\\\d\\\"]?$\"} | \"xyz!\" | \"xyz1\"",
            "{\"pattern\":\"^\\\\\\\\$\"}                   | \"\\\\\"           | \"$\"",
            "{\"format\":\"date-time\"}                     | \"2026-11-23T10:20:30Z\" | \"2026-13-23T10:20:30Z\"",
            "{\"format\":\"uuid\"}                          | \"123e4567-e89b-12d3-a456-426614174000\" | \"1\"",
            "{\"type\":\"array\",\"items\":{\"type\":\"integer\"},\"minItems\":1,\"maxItems\":2} | [1, 2] | [1, 2, 3]",
            "{\"type\":\"array\",\"items\":{\"type\":\"integer\"},\"minItems\":1} | [1] | []",
            "{\"prefixItems\":[{\"type\":\"integer\"},{\"type\":\"null\"}],\"items\":false} | [1, null] | [1, null, 1]",
            "{\"enum\":[\"a\",1,null]}                      | 1                  | 2",
            "{\"anyOf\":[{\"type\":\"null\"},{\"const\":{\"a\":[1]}}]} | {\"a\":[1]} | {\"a\":[2]}",
            "{\"type\":\"object\",\"additionalProperties\":{\"type\":\"integer\"}} | {\"a\": 1, \"b\": 2} | {\"a\": \"1\"}",
            "{\"properties\":{\"a\":{}},\"required\":[\"a\"],\"additionalProperties\":true} | {\"a\":1,\"b\":2} | {\"b\":2}",
            "{\"properties\":{\"ab\":{\"type\":\"null\"}},\"additionalProperties\":true} | {\"a\":1} | {\"ab\":1}",
            "{\"$ref\":\"#/$defs/n\",\"$defs\":{\"n\":{\"properties\":{\"next\":{\"$ref\":\"#/$defs/n\"}}}}} | {\"next\":{\"next\":{}}} | {\"next\":1}",
            "{\"allOf\":[{\"properties\":{\"a\":{\"type\":\"null\"}}},{\"properties\":{\"b\":{\"type\":\"null\"}}, \"required\":[\"b\"]}]} | {\"a\":null,\"b\":null} | {\"a\":null}",
            "true                                           | [1, {\"a\": false}] | nothing"})
    void schemasAreKept(String schema, String valid, String invalid) {
        Grammar grammar = Grammar.ofJsonSchema(schema);
        assertThat(grammar.accepts(valid.strip())).as(valid).isTrue();
        assertThat(grammar.accepts(invalid.strip())).as(invalid).isFalse();
    }

    @Test
    void aDocumentEndsWithItsLastCharacter() {
        Grammar grammar = Grammar
                .ofJsonSchema("{\"anyOf\":[{\"properties\":{\"a\":{\"enum\":[1,2]}}},{\"type\":\"null\"}]}");
        assertThat(grammar.accepts("{ \"a\" : 1 }")).isTrue();
        assertThat(grammar.accepts("{\"a\":1} ")).isFalse();
        assertThat(grammar.accepts("null ")).isFalse();
        assertThat(Grammar.ofJsonSchema("{}").accepts("{} ")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{\"type\":\"integer\",\"multipleOf\":3}        | at #: the keyword 'multipleOf' is not supported",
            "{\"properties\":{\"a\":{\"type\":\"number\",\"minimum\":3}}} | at #/properties/a: the keyword 'minimum'",
            "{\"type\":\"boat\"}                            | there is no type 'boat'",
            "{\"$ref\":\"#/missing\"}                       | refers to nothing",
            "{\"$ref\":\"http://example.org/x\"}            | another document",
            "{\"pattern\":\"(?=a)\"}                        | not supported",
            "{\"pattern\":\"a(\"}                           | never closed",
            "{\"enum\":[]}                                  | must be an array that is not empty",
            "{\"type\":\"integer\",\"minimum\":2,\"maximum\":1} | no integer from 2 to 1",
            "{\"minLength\":-1}                             | 'minLength' must be a number from 0",
            "{\"minItems\":2,\"maxItems\":1}                | 'maxItems' is below 'minItems'",
            "{\"required\":[\"a\"]}                         | 'a' is required, but not among the properties",
            "{\"properties\":{\"a\":false},\"required\":[\"a\"]} | false lets nothing be valid",
            "{\"$defs\":{\"a\":{\"$ref\":\"#/$defs/a\"}},\"allOf\":[{\"minItems\":1},{\"minItems\":2}]} | two things about 'minItems'",
            "[1                                             | the schema is no JSON",
            "[1]                                            | must be a JSON object"})
    void whatCannotBeKeptIsRefusedWithItsPlace(String schema, String reason) {
        assertThatThrownBy(() -> Grammar.ofJsonSchema(schema)).isInstanceOf(GrammarException.class)
                .hasMessageContaining(reason).hasMessageNotContaining("\n");
    }

    /** Whatever is written in a grammar, the answer is a grammar or a {@link GrammarException}. */
    @Test
    void hostileGrammarsAreRefusedOrRead() {
        byte[] alphabet = "root ::=\n|()[]{}\"\\-*+?^.,#x09\u00e9".getBytes(StandardCharsets.UTF_8);
        Fuzz.repeat(random -> {
            byte[] text = new byte[random.nextInt(60)];
            for (int j = 0; j < text.length; j++) {
                text[j] = alphabet[random.nextInt(alphabet.length)];
            }
            try {
                Grammar.parse("root ::= " + new String(text, StandardCharsets.UTF_8)).accepts("root");
            } catch (GrammarException e) {
                assertThat(e).hasMessageNotContaining("\n");
            }
        });
        assertThatThrownBy(() -> Grammar.parse("root ::= " + "(".repeat(1_000_000))).hasMessageContaining("200 groups");
    }

    @Test
    void callsKeepTheirFunctionsSchemasEachADocumentOfItsOwn() {
        Map<String, String> functions = new LinkedHashMap<>();
        functions.put("a", "{\"type\":\"object\",\"properties\":{\"x\":{\"$ref\":\"#/$defs/t\"}},\"required\":[\"x\"],"
                + "\"$defs\":{\"t\":{\"type\":\"boolean\"}}}");
        functions.put("b", "{\"type\":\"object\",\"properties\":{\"x\":{\"$ref\":\"#/$defs/t\"},\"y\":{\"enum\":[1]}},"
                + "\"$defs\":{\"t\":{\"const\":\"yes\"}}}");
        Grammar calls = new ToolCallGrammar(functions, true).required();
        String a = "{\"name\": \"a\", \"parameters\": {\"x\": true}}";
        String b = "{\"name\": \"b\", \"parameters\": {\"x\":\"yes\",\"y\":1}}";
        assertThat(List.of(a, b, a + "; " + b + "; " + a)).allMatch(calls::accepts);
        assertThat(List.of("", a + b, a + ";" + b, a + "; ", a.replace("true", "\"yes\""), b.replace("\"yes\"", "true"),
                a.replace("\"a\"", "\"c\""), " " + a)).noneMatch(calls::accepts);
        Grammar one = new ToolCallGrammar(functions, false).required();
        assertThat(one.accepts(a)).isTrue();
        assertThat(one.accepts(a + "; " + b)).isFalse();
        Grammar orText = new ToolCallGrammar(functions, true).orText();
        assertThat(List.of(a, "", " \n", "Hello { }", "\u26f5")).allMatch(orText::accepts);
        assertThat(List.of("{", " {}", a + " x")).noneMatch(orText::accepts);
        Grammar orJson = new ToolCallGrammar(functions, true).orJson("{\"type\":\"integer\"}");
        assertThat(List.of(a, "5")).allMatch(orJson::accepts);
        assertThat(orJson.accepts("five")).isFalse();
    }
}
