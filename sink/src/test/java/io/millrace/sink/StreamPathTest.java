package io.millrace.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.schemas.ClientFrame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StreamPathTest {
    @Test
    void theRootIsForManyStreams() {
        assertThat(StreamPath.parse("/v1/stream")).contains(new StreamPath(null));
        assertThat(StreamPath.parse("/v1/stream/")).contains(new StreamPath(null));
    }

    @Test
    void anIdIsOneStream() {
        assertThat(StreamPath.parse("/v1/stream/a%20b+c%2Fd?from=12"))
                .contains(new StreamPath(new ClientFrame.Subscribe("a b+c/d", 12)));
        assertThat(StreamPath.parse("/v1/stream/a")).contains(new StreamPath(new ClientFrame.Subscribe("a", 0)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/v1/streams", "/v1/streamx/a", "/health"})
    void otherPathsAreNotServed(String uri) {
        assertThat(StreamPath.parse(uri)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/v1/stream/a?from=x", "/v1/stream/a?from=-1", "/v1/stream/a?from=99999999999",
            "/v1/stream/%20", "/v1/stream/%zz"})
    void whatCannotBeReadIsRefused(String uri) {
        assertThatThrownBy(() -> StreamPath.parse(uri)).isInstanceOf(IllegalArgumentException.class);
    }
}
