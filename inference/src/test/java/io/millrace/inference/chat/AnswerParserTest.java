package io.millrace.inference.chat;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.inference.chat.AnswerPart.Arguments;
import io.millrace.inference.chat.AnswerPart.CallBegun;
import io.millrace.inference.chat.AnswerPart.CallEnded;
import io.millrace.inference.chat.AnswerPart.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerParserTest {
    private static final int TAG = 128010;
    private static final int OTHER = 1;

    private static AnswerParser parser() {
        return new AnswerParser(Set.of("get_weather", "add"), OptionalInt.of(TAG));
    }

    /** All of an answer, in pieces of any length, as if it had come at once. */
    private static List<AnswerPart> parse(boolean tagged, String answer) {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        AnswerParser parser = parser();
        var parts = new ArrayList<AnswerPart>();
        if (tagged) {
            parts.addAll(parser.append(TAG, ""));
        }
        int at = 0;
        while (at < answer.length()) {
            int end = Math.min(answer.length(), at + 1 + random.nextInt(6));
            parts.addAll(parser.append(OTHER, answer.substring(at, end)));
            at = end;
        }
        parts.addAll(parser.finish());
        List<AnswerPart> whole = whole(parts);
        AnswerParser atOnce = parser();
        var expected = new ArrayList<>(tagged ? atOnce.append(TAG, "") : List.of());
        expected.addAll(atOnce.append(OTHER, answer));
        expected.addAll(atOnce.finish());
        assertThat(whole).as("seed %d", seed).isEqualTo(whole(expected));
        return whole;
    }

    private static List<AnswerPart> whole(List<AnswerPart> parts) {
        var whole = new ArrayList<AnswerPart>();
        for (AnswerPart part : parts) {
            AnswerPart last = whole.isEmpty() ? null : whole.getLast();
            if (last instanceof Text before && part instanceof Text text) {
                whole.set(whole.size() - 1, new Text(before.text() + text.text()));
            } else if (last instanceof Arguments before && part instanceof Arguments more) {
                whole.set(whole.size() - 1, new Arguments(more.index(), before.json() + more.json()));
            } else {
                whole.add(part);
            }
        }
        return whole;
    }

    private static List<AnswerPart> call(int index, String name, String arguments) {
        return List.of(new CallBegun(index, name), new Arguments(index, arguments), new CallEnded(index));
    }

    @Test
    void aJsonObjectThatNamesAToolIsACall() {
        assertThat(parse(false, "{\"name\": \"get_weather\", \"parameters\": {\"city\": \"Oslo {\\\"x\\\"}\"}}"))
                .isEqualTo(call(0, "get_weather", "{\"city\": \"Oslo {\\\"x\\\"}\"}"));
        assertThat(parse(false, "\n {\"type\":\"function\",\"arguments\":{\"a\":[1,{}]},\"name\":\"add\"} \n"))
                .isEqualTo(call(0, "add", "{\"a\":[1,{}]}"));
        assertThat(parse(false, "{\"name\":\"add\"}")).containsExactly(new CallBegun(0, "add"), new CallEnded(0));
    }

    @Test
    void severalCallsAreCounted() {
        var parts = new ArrayList<>(call(0, "add", "{\"a\":1}"));
        parts.addAll(call(1, "add", "{\"a\":2}"));
        assertThat(parse(false,
                "{\"name\":\"add\",\"parameters\":{\"a\":1}}; {\"name\":\"add\",\"parameters\":{\"a\":2}}"))
                .isEqualTo(parts);
    }

    @Test
    void argumentsComeAsTheyAreWritten() {
        AnswerParser parser = parser();
        assertThat(parser.append(OTHER, "{\"name\": \"add\", ")).isEmpty();
        assertThat(parser.append(OTHER, "\"parameters\": {\"a\"")).containsExactly(new CallBegun(0, "add"),
                new Arguments(0, "{\"a\""));
        assertThat(parser.append(OTHER, ": 1")).containsExactly(new Arguments(0, ": 1"));
        assertThat(parser.append(OTHER, "}}")).containsExactly(new Arguments(0, "}"), new CallEnded(0));
        assertThat(parser.finish()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Hello {\"name\":\"add\"}", "{\"name\":\"unknown\",\"parameters\":{}}", "{\"boat\": 1}",
            "{ not JSON }", "{\"name\": 1}", "{\"name\":\"add\",\"parameters\":[1]}", "", "  ", "{", "{\"na",
            "def f(): pass", "{\"parameters\":{}}"})
    void whatIsNoCallIsText(String answer) {
        String text = parse(false, answer).stream().map(part -> ((Text) part).text()).reduce("", String::concat);
        assertThat(text).isEqualTo(answer);
    }

    @Test
    void behindThePythonTagCodeIsACallOfPython() {
        assertThat(parse(true, "print(\"boat\")\n"))
                .isEqualTo(call(0, "python", "{\"code\":\"print(\\\"boat\\\")\\n\"}"));
    }

    @Test
    void behindThePythonTagABuiltInToolIsCalledByName() {
        assertThat(parse(true, "brave_search.call(query=\"boats, \\\"big\\\"\", count=3)"))
                .isEqualTo(call(0, "brave_search", "{\"query\":\"boats, \\\"big\\\"\",\"count\":3}"));
        assertThat(parse(true, "a.call(b)")).isEqualTo(call(0, "python", "{\"code\":\"a.call(b)\"}"));
        assertThat(parse(true, "{\"name\":\"add\",\"parameters\":{}}")).isEqualTo(call(0, "add", "{}"));
    }

    @Test
    void withoutToolsEverythingIsText() {
        var parser = new AnswerParser(Set.of(), OptionalInt.of(TAG));
        assertThat(parser.append(TAG, "")).isEmpty();
        assertThat(parser.append(OTHER, "{\"name\":\"add\"}")).containsExactly(new Text("{\"name\":\"add\"}"));
    }

    @Test
    void aCallThatIsCutOffEndsWhereItWasCut() {
        assertThat(parse(false, "{\"name\":\"add\",\"parameters\":{\"a\":")).isEqualTo(call(0, "add", "{\"a\":"));
    }

    @Test
    void textBehindACallIsText() {
        assertThat(parse(false, "{\"name\":\"add\",\"parameters\":{}} and so on")).endsWith(new CallEnded(0),
                new Text(" and so on"));
    }
}
