package io.millrace.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TopicsTest {
    @Test
    void theNamesOutsidersRelyOn() {
        assertThat(Topics.DEFAULT.all()).containsExactly("millrace.prompts", "millrace.tokens", "millrace.completions",
                "millrace.control", "millrace.dead-letters", "millrace.workers");
        assertThat(new Topics("team-a.llm").tokens()).isEqualTo("team-a.llm.tokens");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a/b", "\u00e4"})
    void aPrefixThatKafkaWouldRefuseIsRefused(String prefix) {
        assertThatThrownBy(() -> new Topics(prefix)).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'" + prefix + "'");
    }
}
