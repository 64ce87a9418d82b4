package io.millrace.sink.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ApiKeysTest {
    private static final String HASH = "0".repeat(64);

    @Test
    void aKeyIsFoundByItsTextAlone() {
        String line = ApiKeys.line("alice", Set.of(Scope.SUBSCRIBE, Scope.GENERATE), "secret");
        assertThat(line).isEqualTo("alice generate,subscribe "
                + "2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b");
        var keys = ApiKeys.parse(List.of("", "# comment", "  " + line + "  "));
        assertThat(keys.find("secret")).contains(new Caller("alice", Set.of(Scope.GENERATE, Scope.SUBSCRIBE)));
        assertThat(keys.find("secret ")).isEmpty();
        assertThat(keys.find("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', value = {"alice; name, scopes and hash", "a.b generate HASH; letters, digits",
            "alice all HASH; scopes are", "alice generate, HASH; scopes are", "alice generate secret; SHA-256",
            "alice generate 00; SHA-256"})
    void aLineThatIsWrongIsNamedAndItsKeyIsNot(String line, String reason) {
        var lines = List.of("# comment", line.replace("HASH", HASH));
        assertThatThrownBy(() -> ApiKeys.parse(lines)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("line 2: ").hasMessageContaining(reason).message().doesNotContain("secret");
    }

    @Test
    void aNameIsOneKeys() {
        assertThatThrownBy(() -> ApiKeys.parse(List.of("a admin " + HASH, "a generate " + HASH)))
                .hasMessage("line 2: there is another key named a");
        assertThatThrownBy(() -> ApiKeys.parse(List.of("#"))).hasMessage("there is no key");
    }
}
