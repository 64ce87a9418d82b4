package io.millrace.sink.http;

import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** The name that a client gives its request, so as to repeat it. */
record IdempotencyKey(String text) {
    static final String HEADER = "idempotency-key";

    /** What clients may say that are sure of it. */
    static final String FIRST_ATTEMPT_HEADER = "x-first-attempt";

    private static final int MAX_CHARACTERS = 255;

    /**
     * The request's; null if it has none.
     *
     * @throws ApiException if it cannot be one
     */
    static IdempotencyKey of(RoutingContext context) {
        String text = context.request().getHeader(HEADER);
        if (text != null && (text.isBlank() || text.length() > MAX_CHARACTERS)) {
            throw new ApiException(ApiError.refusal(400, "invalid_idempotency_key",
                    "Idempotency-Key must have 1 to " + MAX_CHARACTERS + " characters"));
        }
        return text == null ? null : new IdempotencyKey(text);
    }

    /** Whether the client says that it sends this for the first time. */
    static boolean isFirstAttempt(RoutingContext context) {
        return "true".equals(context.request().getHeader(FIRST_ATTEMPT_HEADER));
    }

    /** The same in every gateway, and none that a client could mistake for another's. */
    String name(String kind) {
        return hash((kind + text).getBytes(StandardCharsets.UTF_8));
    }

    static String hash(byte[] bytes) {
        return HexFormat.of().formatHex(Sha256.of(bytes));
    }
}
