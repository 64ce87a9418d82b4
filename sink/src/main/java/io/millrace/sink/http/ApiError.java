package io.millrace.sink.http;

import io.millrace.schemas.ErrorCode;
import io.millrace.schemas.ErrorDetail;
import io.millrace.schemas.InvalidPromptException;
import io.vertx.core.json.JsonObject;
import java.util.Map;

/**
 * An error in the form of OpenAI's API.
 *
 * @param status of HTTP
 * @param type a class of errors, such as {@code invalid_request_error}
 * @param code a stable word for programs
 * @param message what was wrong and what to do, for a person
 * @param field which of the request's fields is wrong; null if it is not one
 * @param retry when the same request could succeed
 */
public record ApiError(int status, String type, String code, String message, String field, Retry retry) {
    /**
     * Whether clients should try again on their own.
     *
     * @param isWorthIt whether it may help
     * @param afterSeconds how long to wait; 0 for as long as they like
     */
    public record Retry(boolean isWorthIt, int afterSeconds) {
        static final Retry NEVER = new Retry(false, 0);
        static final Retry ANY_TIME = new Retry(true, 0);
    }

    private static final String INVALID_REQUEST = "invalid_request_error";
    private static final int UNAVAILABLE_SECONDS = 5;
    private static final String SERVER = "server_error";
    /** For each code of a prompt that failed: status and type. Others are the server's fault. */
    private static final Map<String, ApiError> BY_CODE = Map.of(
            ErrorCode.INVALID_PROMPT.text(), refusal(400, ErrorCode.INVALID_PROMPT.text(), ""),
            ErrorCode.PROMPT_TOO_LARGE.text(), refusal(413, ErrorCode.PROMPT_TOO_LARGE.text(), ""),
            ErrorCode.UNKNOWN_MODEL.text(), refusal(404, "model_not_found", "").about("model"),
            ErrorCode.NOT_SUPPORTED.text(), refusal(400, "unsupported_parameter", ""),
            ErrorCode.CONTEXT_LENGTH_EXCEEDED.text(), refusal(400, "context_length_exceeded", ""),
            ErrorCode.DEADLINE_EXCEEDED.text(),
            new ApiError(504, SERVER, ErrorCode.DEADLINE_EXCEEDED.text(), "", "deadline_ms", Retry.NEVER),
            ErrorCode.GAVE_UP.text(), new ApiError(500, SERVER, ErrorCode.GAVE_UP.text(), "", null, Retry.NEVER));

    /** The client's mistake. */
    static ApiError refusal(int status, String code, String message) {
        return new ApiError(status, INVALID_REQUEST, code, message, null, Retry.NEVER);
    }

    /** There is nothing at this path. */
    static ApiError notFound(String message) {
        return new ApiError(404, "not_found_error", "not_found", message, null, Retry.NEVER);
    }

    /** It would work if something else did, and will perhaps in a while. */
    public static ApiError unavailable(String message) {
        return new ApiError(503, "unavailable_error", "unavailable", message, null,
                new Retry(true, UNAVAILABLE_SECONDS));
    }

    /** A key is needed. */
    static ApiError unauthorized(String message) {
        return new ApiError(401, "authentication_error", "invalid_api_key", message, null, Retry.NEVER);
    }

    /** It is not allowed. */
    static ApiError forbidden(String message) {
        return new ApiError(403, "permission_error", "permission_denied", message, null, Retry.NEVER);
    }

    /** There is no room for it now. */
    static ApiError tooMany(String code, String message, int retryAfterSeconds) {
        return new ApiError(429, "rate_limit_error", code, message, null, new Retry(true, retryAfterSeconds));
    }

    /** The request did not arrive in time. */
    static ApiError tooSlow(String message) {
        return new ApiError(408, INVALID_REQUEST, "request_timeout", message, null, Retry.ANY_TIME);
    }

    /** Others of the kind have it, and this one does not. */
    static ApiError notSupported(String message) {
        return new ApiError(501, "not_supported_error", "not_supported", message, null, Retry.NEVER);
    }

    /** Our own mistake. */
    static ApiError internal() {
        return new ApiError(500, SERVER, ErrorCode.INTERNAL.text(),
                "the request failed in the gateway, whose log tells why under the request's id", null, Retry.ANY_TIME);
    }

    /** Somebody ended a generation that others were waiting for. */
    static ApiError cancelled() {
        return new ApiError(409, SERVER, "cancelled", "the generation was cancelled by somebody else", null,
                Retry.NEVER);
    }

    static ApiError of(InvalidPromptException e) {
        ApiError kind = kind(e.code().text());
        return kind.saying(e.getMessage()).about(e.field().orElse(kind.field));
    }

    static ApiError of(ErrorDetail detail) {
        return kind(detail.code()).saying(detail.message());
    }

    private static ApiError kind(String code) {
        return BY_CODE.getOrDefault(code, new ApiError(500, SERVER, code, "", null, Retry.ANY_TIME));
    }

    private ApiError saying(String newMessage) {
        return new ApiError(status, type, code, newMessage, field, retry);
    }

    ApiError about(String newField) {
        return new ApiError(status, type, code, message, newField, retry);
    }

    JsonObject json() {
        return new JsonObject().put("error", new JsonObject().put("message", message).put("type", type)
                .put("param", field).put("code", code));
    }
}
