package io.millrace.compose.settings;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
    @ParameterizedTest
    @ValueSource(strings = {"password", "grafana-password", "token", "hf-token", "api-key"})
    void whatIsSecretByItsNameIsMasked(String name) {
        assertThat(Secrets.mask(name, "abc")).isEqualTo("****");
    }

    @Test
    void whatIsNoSecretIsShown() {
        assertThat(Secrets.mask("max-total-tokens", "3")).isEqualTo("3");
        assertThat(Secrets.mask("api-keys", "/etc/keys")).isEqualTo("/etc/keys");
        assertThat(Secrets.mask("bootstrap-servers", "a:1,b:2")).isEqualTo("a:1,b:2");
    }

    @Test
    void whoeverLogsInByAnAddressIsMasked() {
        assertThat(Secrets.mask("otlp", "http://u:p@h:1/x,http://v@h")).isEqualTo("http://****@h:1/x,http://****@h");
    }
}
