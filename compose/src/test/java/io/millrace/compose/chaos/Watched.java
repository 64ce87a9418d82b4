package io.millrace.compose.chaos;

import io.millrace.schemas.TokenEvent;
import java.util.List;

/**
 * What one WebSocket client saw of one stream.
 *
 * @param events in the order in which they came, over however many connections
 * @param resumptions how many connections there were after the first
 */
record Watched(String id, List<TokenEvent> events, int resumptions) {
    Watched {
        events = List.copyOf(events);
    }
}
