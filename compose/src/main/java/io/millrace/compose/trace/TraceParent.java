package io.millrace.compose.trace;

import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;

/** What crosses from one process to the next, as text. */
final class TraceParent {
    private static final String NAME = "traceparent";
    private static final TextMapGetter<String> READER = (carrier, key) -> NAME.equals(key) ? carrier : null;

    private TraceParent() {}

    /** Nobody's child if it is null, or not as the standard has it: strangers wrote it. */
    static Context read(String text) {
        return text == null
                ? Context.root()
                : W3CTraceContextPropagator.getInstance().extract(Context.root(), text, READER);
    }

    /** Null if there is no trace. */
    static String write(Context context) {
        var text = new String[1];
        W3CTraceContextPropagator.getInstance().inject(context, text, (carrier, key, value) -> {
            if (NAME.equals(key)) {
                carrier[0] = value;
            }
        });
        return text[0];
    }
}
