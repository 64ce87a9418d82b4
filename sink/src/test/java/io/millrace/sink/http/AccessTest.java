package io.millrace.sink.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {
    @ParameterizedTest
    @ValueSource(strings = {"localhost", "localhost:8080", "LOCALHOST", "a.localhost", "127.0.0.1:1", "127.1.2.3",
            "[::1]:8080"})
    void thisMachineIsKnownByItsNames(String host) {
        assertThat(Access.LOCAL.admit(null, null, host)).isEqualTo(Caller.ANYBODY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"example.com", "localhost.example.com", "127.0.0.1.example.com", "192.168.0.1", "[::2]",
            "", ":", "1", "::::"})
    void othersNamesForThisMachineAreNot(String host) {
        assertThatThrownBy(() -> Access.LOCAL.admit(null, null, host)).isInstanceOf(ApiException.class);
    }

    @ParameterizedTest
    @CsvSource({"https://listed.example, other:1, true", "http://own:80, own:80, true", "http://own:81, own:80, false",
            "null, own, false", "https://evil.example, own, false", "'%%', own, false"})
    void anOriginIsListedOrTheGatewaysOwn(String origin, String host, boolean admitted) {
        var access = new Access(Optional.empty(), Set.of("https://listed.example"), false);
        if (admitted) {
            assertThat(access.admit(null, origin, host)).isEqualTo(Caller.ANYBODY);
        } else {
            assertThatThrownBy(() -> access.admit(null, origin, host)).isInstanceOf(ApiException.class);
        }
    }
}
