package io.millrace.inference.chat.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import com.fasterxml.jackson.databind.JsonNode;
import io.millrace.inference.SharedData;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
    private static final Clock NOON = Clock.fixed(Instant.parse("2024-07-26T12:05:09Z"), ZoneOffset.UTC);
    /** A fiftieth of what is allowed, which would take seconds. */
    private static final long LITTLE_WORK = 10_000_000;

    @TestFactory
    List<DynamicTest> templatesRenderAsInTheReference() {
        List<DynamicTest> tests = new ArrayList<>();
        for (JsonNode example : SharedData.golden("jinja.json")) {
            tests.add(DynamicTest.dynamicTest(example.get("name").asText(),
                    () -> assertThat(render(example.get("template").asText()))
                            .isEqualTo(example.get("expected").asText())));
        }
        return tests;
    }

    /** Expected values are what Python's Jinja prints. */
    @ParameterizedTest
    @CsvSource(delimiterString = " => ", quoteCharacter = '`', value = {
            "{{ 1 + 2 * 3 - 4 }} => 3",
            "{{ 7 // 2 }} {{ -7 // 2 }} {{ 7 / 2 }} {{ 2 ** 3 ** 2 }} {{ -7 % 3 }} => 3 -4 3.5 64 2",
            "{{ 'a' 'b' ~ 1 ~ none ~ true }} => ab1NoneTrue", "{{ 1 if false }}| => |",
            "{{ 'x' if 1 > 2 else 'y' }} => y",
            "{{ not x is defined and 'a' not in 'bcd' }} => True", "{{ x or 'other' }} => other",
            "{{ (1,) }} {{ () }} => (1,) ()",
            "{{ 'abcdef'[1:3] }} {{ 'abcdef'[-2:] }} {{ 'abc'[::-1] }} {{ [1,2,3,4][::2] }} => bc ef cba [1, 3]",
            "{{ '😀é'[0] }}{{ '😀é'|length }} => 😀2",
            "{{ [1,2][5] is defined }} {{ {'a': 1}.b is defined }} => False False",
            "{{ {'a': {'b': [10, 20]}}.a.b[-1] }} => 20", "{{ {'items': 1}['items'] }} => 1",
            "{{ {'a': 1}.get('b', 2) }} => 2",
            "{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}={{ v }};{% endfor %} => a=1;b=2;",
            "{% for k in {'a': 1}|items %}{{ k }}{% endfor %} => ('a', 1)",
            "{% for x in [1,2,3,4] if x is even %}{{ loop.index }}:{{ x }}{{ ',' if not loop.last }}{% endfor %} => 1:2,2:4",
            "{% for x in [1,2,3] %}{% if x == 2 %}{% continue %}{% endif %}{{ x }}{% endfor %} => 13",
            "{% for x in range(9) %}{% if x == 2 %}{% break %}{% endif %}{{ x }}{% endfor %} => 01",
            "{% set ns = namespace(n=0) %}{% for x in [1,2] %}{% set ns.n = ns.n + x %}{% endfor %}{{ ns.n }} => 3",
            "{% set n = 0 %}{% for x in [1,2] %}{% set n = n + x %}{% endfor %}{{ n }} => 0",
            "{% set t %}a{{ 1 }}{% endset %}{{ t }} => a1",
            "{% macro m(a, b=2) %}{{ a }}{{ b }}{% endmacro %}{{ m(1) }}{{ m(1, b=3) }} => 1213",
            "{{ '  a b '.strip() }}|{{ 'a-b-c'.split('-') }}|{{ 'a  b'.split() }} => a b|['a', 'b', 'c']|['a', 'b']",
            "{{ 'a-b-c'.rsplit('-', 1) }} {{ 'a,b,c'.split(',', 1)[-1] }} => ['a-b', 'c'] b,c",
            "{{ 'abc'.startswith('ab') }} {{ 'abc'.endswith(('x', 'c')) }} {{ 'abcb'.find('b') }}{{ 'abcb'.rfind('b') }} => True True 13",
            "{{ 'aXbX'.replace('X', '-', 1) }} {{ 'ab'.replace('', '-') }} => a-bX -a-b-",
            "{{ '{\"a\": 1}'|tojson }} => \"{\\\"a\\\": 1}\"",
            "{{ {'b': 1, 'a': 2}|tojson(sort_keys=true, separators=(',', ':')) }} => {\"a\":2,\"b\":1}",
            "{{ [{'n': 'x'}, {'n': 'y'}]|map(attribute='n')|join(', ') }} => x, y",
            "{{ ['a', 'b']|map('upper')|list }} => ['A', 'B']",
            "{{ [{'r': 'a', 'n': 1}, {'r': 'b', 'n': 2}]|selectattr('r', 'equalto', 'b')|map(attribute='n')|first }} => 2",
            "{{ [1, 0, 2]|select|list }} {{ [1, 2, 3]|reject('odd')|list }} => [1, 2] [2]",
            "{{ [3, 1, 2]|sort(reverse=true) }} => [3, 2, 1]", "{{ [1, 1.0, true, '1']|unique|list }} => [1, '1']",
            "{{ '3.7'|int }} {{ 'x'|int(-1) }} => 3 -1",
            "{{ 1e20 }} {{ 0.00001 }} {{ 100.0 }} {{ 1.5e300 }} => 1e+20 1e-05 100.0 1.5e+300",
            "{{ \"it's\"|list|length }}{{ [\"it's\"] }} => 4[\"it's\"]",
            "{{ 'a' is string }} {{ {} is mapping }} {{ 'a' is iterable }} {{ 1 is iterable }} => True True True False",
            "{{ 6 is divisibleby 3 }} {{ 1 is in [1] }} => True True",
            "{{ strftime_now('%d %b %Y %H:%M:%S') }} => 26 Jul 2024 12:05:09",
            "{% raw %}{{ a }}{% endraw %} => {{ a }}", "{{ '\\u00e9\\x41\\'' }} => éA'",
            "{% generation %}x{% endgeneration %} => x",
            "{{ {'a': {'b': 1}} }} => {'a': {'b': 1}}", "{{ 'a' in {'a': 1} }}{{ 2 in (1, 2) }} => TrueTrue",
            "{{ 'x'|default('y') }}{{ ''|d('y', true) }} => xy"})
    void expressionsAndStatementsBehaveAsInPython(String template, String expected) {
        assertThat(render(template)).isEqualTo(expected);
    }

    @Test
    void lineBreaksInTextsBehaveAsInPython() {
        assertThat(render("{{ 'a\\\nb\n' }}")).isEqualTo("ab\n");
        assertThat(render("{{ {'b': [1, none, true], 'a': 'é\n'}|tojson }}"))
                .isEqualTo("{\"b\": [1, null, true], \"a\": \"é\\n\"}");
        assertThat(render("{{ {'a': [1, {}], 'b': []}|tojson(indent=2) }}"))
                .isEqualTo("{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": []\n}");
        assertThat(render("{{ 'a\nb\n\nc'|indent(2) }}")).isEqualTo("a\n  b\n\n  c");
        assertThat(render("{{ 'a\r\nb\n'.splitlines() }}")).isEqualTo("['a', 'b']");
    }

    @Test
    void whiteSpaceControlIsThatOfChatTemplates() {
        assertThat(render("a\n  {% if true %}\n  b\n  {% endif %}\nc\n")).isEqualTo("a\n  b\nc");
        assertThat(render("a  {{- ' b ' -}}  c")).isEqualTo("a b c");
        assertThat(render("a\n  {%+ if true %}b{% endif +%}\nc")).isEqualTo("a\n  b\nc");
        assertThat(render("a\n  {#- comment -#}\n  b{# x #}\nc")).isEqualTo("abc");
        assertThat(render("x {% if true %} y {% endif %} z")).isEqualTo("x  y  z");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = " => ", value = {"{{ 1 + }} => line 1, column 8: expected an expression",
            "{% if a %} => line 1, column 4: the block has no endif", "{{ a => line 1, column 1: the tag has no end",
            "{% include 'x' %} => line 1, column 4: the block \"include\" is not supported",
            "{{ 'a => line 1, column 4: the string has no end",
            "{{ a.b.c }} => \"a\", which is undefined",
            "{{ 1 + 'a' }} => line 1, column 6: cannot apply \"+\" to an integer and a text",
            "{{ 'a'|nofilter }} => line 1, column 7: there is no filter \"nofilter\"",
            "{{ 1 is notest }} => there is no test \"notest\"",
            "{{ x() }} => cannot call \"x\", which is undefined", "{{ 1 // 0 }} => division by zero",
            "{{ 9223372036854775807 + 1 }} => does not fit 64 bits",
            "{{ raise_exception('no ' ~ 1) }} => the template refuses this: no 1",
            "{% set x.y = 1 %} => only attributes of a namespace can be set",
            "{% for a, b in [1] %}{% endfor %} => cannot be looped over", "{% break %} => belong into a loop",
            "{% endif %} => \"endif\" is not supported here",
            "{{ 1 < 2 < 3 }} => chained comparisons", "{{ $ }} => unexpected character",
            "{{ '\\u12' }} => hexadecimal digits", "{{ {1: 2, } | tojson( }} => the tag has no end",
            "{{ 99999999999999999999 }} => too large"})
    void errorsSayWhereAndWhat(String template, String message) {
        assertThatThrownBy(() -> render(template)).isInstanceOf(JinjaException.class)
                .hasMessageStartingWith("line 1, column ")
                .hasMessageContaining(message);
    }

    @Test
    void errorsCountLines() {
        assertThatThrownBy(() -> render("a\nb\n  {{ 1 // 0 }}")).hasMessageStartingWith("line 3, column 8: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{{ 'a' * 999999999 }}", "{{ range(999999999) }}", "{{ [1] * 999999999 }}",
            "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}x{% endfor %}{% endfor %}{% endfor %}",
            "{% set ns = namespace(s='ab') %}{% for i in range(99) %}{% set ns.s = ns.s ~ ns.s %}{% endfor %}",
            "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", "{{ 9 ** 999999999 }}",
            "{{ 1|tojson(indent=999999999) }}",
            "{% set ns = namespace(l=[]) %}{% for i in range(99999) %}{% set ns.l = [ns.l] %}{% endfor %}{{ ns.l }}",
            "{% set s = 'a' * 9999999 %}{% for i in range(999999) %}{{ s[i] }}{% endfor %}",
            "{% set s = 'a' * 9999999 %}{{ s.replace('a', s) }}", "{{ range(-2000000000, 2000000000, 1) }}",
            "{% set ns = namespace(l=[]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l == ns.l }}",
            "{% set ns = namespace(l=[]) %}{% for i in range(60) %}{% set ns.l = [ns.l, ns.l] %}{% endfor %}{{ ns.l }}",
            "{% set l = ['a' * 9999999] * 999999 %}{{ l|sort }}",
            "{% set l = ['a' * 9999999] * 999999 %}{{ l|map('trim')|list }}",
            "{% set l = ['a' * 9999999] * 999999 %}{{ l == l }}",
            "{% set l = ['a' * 9999999] * 999999 %}{{ 'b' in l }}",
            "{% set l = ['a' * 9999999] * 999999 %}{{ l|unique }}",
            "{% set l = ['a' * 9999999] * 999999 %}{{ l|select('lower')|max }}",
            "{{ 'a' * 4999999 ~ 'b' in 'a' * 9999999 }}", "{% set l = [['a'] * 9999] * 99999 %}{{ l|sum(start=[]) }}",
            "{% set l = ['a' * 9999999] %}{% for i in range(999999) %}{{ l == l }}{% endfor %}"})
    void templatesThatAskForTooMuchAreStopped(String template) {
        assertTimeoutPreemptively(Duration.ofSeconds(30),
                () -> assertThatThrownBy(() -> Template.parse(template).render(Map.of(), NOON, new Budget(LITTLE_WORK)))
                        .isInstanceOf(JinjaException.class));
    }

    @Test
    void whoSaysNothingOfTheWorkAllowedHasABoundToo() {
        assertTimeoutPreemptively(Duration.ofSeconds(30), () -> assertThatThrownBy(() -> render(
                "{% for a in range(9999) %}{% for b in range(9999) %}{% if false %}{% endif %}{% endfor %}{% endfor %}"))
                .hasMessageContaining("does too much work"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"(", "[", "{1:", "not ", "-", "a if ", "a(", "a[", "a|b("})
    void deepNestingIsRefused(String opening) {
        assertThatThrownBy(() -> render("{{ " + opening.repeat(20_000) + " }}")).isInstanceOf(JinjaException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{% if a %}", "{% for a in b %}", "{% if a %}{% elif b %}", "{{ a.b.c", "{{ a + a"})
    void longChainsAreRefused(String part) {
        String template = part.startsWith("{{")
                ? part + part.substring(part.length() - 2).repeat(20_000) + " }}"
                : part + part.substring(part.lastIndexOf("{%")).repeat(20_000);
        assertThatThrownBy(() -> render(template)).isInstanceOf(JinjaException.class);
    }

    @Test
    void hostileTemplatesFailOnlyInTheWayThatIsDocumented() {
        String[] parts = {"{{", "}}", "{%", "%}", "{#", "#}", "-", " ", "\n", "a", "'", "\"", "(", ")", "[", "]", "{",
                "}", ".", ",", ":",
                "|", "=", "==", "if", "for", "in", "endif", "endfor", "set", "macro", "endmacro", "else", "elif", "is",
                "not", "and", "1",
                "2.5", "~", "*", "tojson", "namespace(", "loop.", "raw", "endraw", "\\", "messages", "range(3)", "é",
                "defined"};
        long seed = System.nanoTime();
        System.out.println("hostileTemplatesFailOnlyInTheWayThatIsDocumented: seed " + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 50_000; i++) {
            StringBuilder template = new StringBuilder(random.nextBoolean() ? "{{ " : "{% ");
            for (int n = random.nextInt(15); n >= 0; n--) {
                template.append(parts[random.nextInt(parts.length)]).append(random.nextBoolean() ? " " : "");
            }
            template.append(random.nextBoolean() ? " }}" : " %}");
            try {
                render(template.toString());
            } catch (JinjaException expected) {
                assertThat(expected).hasMessageStartingWith("line ");
            }
        }
    }

    @Test
    void marksSurviveEveryOperationAndNeverDecideOne() {
        String user = Untrusted.mark(" <b>Ab\"é 😀 1,2 ");
        String[] expressions = {"u", "u|trim", "u.strip()", "u|upper", "u.lower()", "u|title", "u.split(',')",
                "u.split()", "u[1:4]", "u[::-1]",
                "u|replace('b', 'c')", "u|tojson", "[u]|string", "u ~ u", "u * 2", "u|list|join('-')",
                "u.split('<b>')|last", "{u: 1}|tojson",
                "{u: 1}|items|first|first", "u|e", "u|capitalize", "u|indent(2, true)", "u|truncate(5)",
                "u.removeprefix(' <')", "u|reverse",
                "'<b>' in u", "u == other", "u.startswith(' <')", "u.find('A')", "{u: 5}[other]", "u.rsplit(',', 1)",
                "u|default('x')", "[u, u]|unique|list"};
        String plain = Untrusted.plain(user);
        for (String expression : expressions) {
            String template = "{{ " + expression + " }}";
            String marked = Template.parse(template).render(Map.of("u", user, "other", plain), NOON);
            assertThat(Untrusted.plain(marked)).as(expression)
                    .isEqualTo(Template.parse(template).render(Map.of("u", plain, "other", plain), NOON));
            String trusted = marked.codePoints().filter(c -> c < 0x80).collect(StringBuilder::new,
                    StringBuilder::appendCodePoint, StringBuilder::append).toString();
            assertThat(trusted).as(expression).doesNotContain("A").doesNotContain("<");
        }
    }

    @Test
    void markingAndUnmarkingGivesTheWellFormedText() {
        String text = "a\u007F\u0080é𐀀🐀\uDC41\uD83D";
        assertThat(Untrusted.plain(Untrusted.mark(text))).isEqualTo("a\u007F\u0080é𐀀🐀\uFFFD\uFFFD");
        assertThat(Untrusted.plain("🐀𐀀")).isEqualTo("🐀𐀀");
    }

    @Test
    void variablesMayBeNestedAsOneLikes() {
        Map<String, Object> variables = Map.of("m", List.of(Map.of("a", Arrays.asList(1, 2.5f, null, true))));
        assertThat(Template.parse("{{ m[0].a }}").render(variables, NOON)).isEqualTo("[1, 2.5, None, True]");
    }

    private static String render(String template) {
        return Template.parse(template).render(Map.of(), NOON);
    }
}
