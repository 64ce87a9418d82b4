package io.millrace.sink.http;

import static java.util.Objects.requireNonNull;

import io.millrace.schemas.InvalidPromptException;
import java.util.Locale;
import java.util.Set;

/**
 * Who sends a request. The ids of a key's streams begin with its name, by which every gateway knows whose they are.
 *
 * @param name of the key; empty where no keys are asked for
 * @param scopes what is allowed
 */
public record Caller(String name, Set<Scope> scopes) {
    /** Whoever comes, where no keys are asked for. */
    static final Caller ANYBODY = new Caller("", Set.of(Scope.ADMIN));

    public Caller {
        requireNonNull(name, "name");
        scopes = Set.copyOf(scopes);
    }

    private boolean isAdmin() {
        return scopes.contains(Scope.ADMIN);
    }

    /** Whether a stream of this id is the caller's to see. */
    boolean owns(String id) {
        return isAdmin() || id.startsWith(idPrefix());
    }

    /** What ids of this caller's streams begin with. */
    public String idPrefix() {
        return name.isEmpty() ? "" : name + ".";
    }

    /**
     * Refuses what the caller's scopes do not allow.
     *
     * @throws ApiException saying which scope is missing
     */
    public void require(Scope scope) {
        if (!isAdmin() && !scopes.contains(scope)) {
            throw new ApiException(ApiError.forbidden("the key " + name + " lacks the scope "
                    + scope.name().toLowerCase(Locale.ROOT)));
        }
    }

    /**
     * Refuses a stream that is not the caller's to see.
     *
     * @throws ApiException if it is somebody else's, or nobody's
     */
    public void requireOwn(String id) {
        if (!owns(id)) {
            throw new ApiException(ApiError.forbidden("the key " + name
                    + " sees streams that it made, whose ids begin with " + idPrefix()));
        }
    }

    /**
     * Refuses an id under which the caller could not find its prompt again, or that would be somebody else's.
     *
     * @throws InvalidPromptException if it does not begin with {@link #idPrefix}
     */
    public void requireOwnNew(String id) {
        if (!owns(id)) {
            throw new InvalidPromptException("ids of prompts sent with this key must begin with " + idPrefix()
                    + "; or leave the id out");
        }
    }
}
