package io.millrace.schemas;

import static java.util.Objects.requireNonNull;

/**
 * Why a prompt failed.
 *
 * @param code a stable word for programs, such as {@code invalid_prompt}; see {@link ErrorCode}
 * @param message what was wrong and what to do about it, for a person
 */
public record ErrorDetail(String code, String message) {
    public ErrorDetail {
        requireNonNull(code, "code");
        requireNonNull(message, "message");
    }

    public ErrorDetail(ErrorCode code, String message) {
        this(code.text(), message);
    }
}
