package io.millrace.compose.chaos;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * How long streams stood still whose worker was killed: from the kill to the next token.
 *
 * @param millis of each such stream, ascending
 */
record Recovery(List<Long> millis) {
    /** Nobody says which worker ran a stream: one that wrote so shortly before a kill, and then only in another attempt, was the killed one's. */
    private static final long RUNNING_MILLIS = 1_000;

    Recovery {
        millis = List.copyOf(millis);
    }

    /** From the times of kills, since the epoch, and all streams. */
    static Recovery of(List<Long> killsMillis, Collection<List<StreamRecord>> streams) {
        var found = new ArrayList<Long>();
        for (long kill : killsMillis) {
            streams.forEach(stream -> ofStream(kill, stream).ifPresent(found::add));
        }
        Collections.sort(found);
        return new Recovery(found);
    }

    private static Optional<Long> ofStream(long kill, List<StreamRecord> stream) {
        Optional<StreamRecord> lastBefore = stream.stream().filter(record -> record.atMillis() <= kill)
                .reduce((_, later) -> later);
        if (lastBefore.isEmpty() || lastBefore.get().event().isLast()
                || kill - lastBefore.get().atMillis() > RUNNING_MILLIS) {
            return Optional.empty();
        }
        int attempt = lastBefore.get().event().attempt();
        List<StreamRecord> after = stream.stream().filter(record -> record.atMillis() > kill).toList();
        if (after.stream().anyMatch(record -> record.event().attempt() == attempt)) {
            return Optional.empty();
        }
        return after.stream().filter(record -> !(record.event() instanceof io.millrace.schemas.TokenEvent.Started))
                .findFirst().map(next -> next.atMillis() - kill);
    }

    long medianMillis() {
        return millis.isEmpty() ? 0 : millis.get(millis.size() / 2);
    }

    long worstMillis() {
        return millis.isEmpty() ? 0 : millis.getLast();
    }
}
