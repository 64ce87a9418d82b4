package io.millrace.sink.http;

import io.millrace.schemas.Usage;
import java.util.Collection;

/** Token counts of several generations. */
final class Usages {
    private Usages() {}

    static Usage sum(Collection<AnsweredChoice> choices) {
        return choices.stream().map(choice -> choice.end().usage()).reduce(Usage.NONE, Usages::add);
    }

    static Usage add(Usage a, Usage b) {
        return new Usage(a.promptTokens() + b.promptTokens(), a.completionTokens() + b.completionTokens(),
                a.cachedTokens() + b.cachedTokens());
    }
}
