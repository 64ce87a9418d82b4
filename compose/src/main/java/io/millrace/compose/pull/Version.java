package io.millrace.compose.pull;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Objects;

/**
 * Which version of a file a server has; what came of one must not be mixed with another.
 *
 * @param address where from, without what may be secret in it
 * @param size in bytes; -1 if the server does not tell before the end
 * @param sha256 of the whole, if it is known; else null
 * @param validator the server's ETag or the time of its last change; else null
 * @param ranges whether it can be had in pieces
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Version(String address, long size, String sha256, String validator, boolean ranges) {
    /** Whether what was fetched of the other is a beginning of this. Without anything to tell by, it is not. */
    boolean continues(Version other) {
        if (size != other.size || !ranges || !other.ranges || size < 0) {
            return false;
        }
        if (sha256 != null && other.sha256 != null) {
            return sha256.equals(other.sha256);
        }
        return validator != null && validator.equals(other.validator) && Objects.equals(address, other.address);
    }
}
