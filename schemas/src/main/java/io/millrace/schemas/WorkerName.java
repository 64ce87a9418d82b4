package io.millrace.schemas;

import java.util.Optional;
import java.util.UUID;

/** By which name a worker is known to the brokers: Kafka's {@code client.id}. It tells the model, so that whoever asks for the group's members learns what is served. */
public final class WorkerName {
    private static final String PREFIX = "millrace-worker/";
    private static final char SEPARATOR = '/';

    private WorkerName() {}

    /**
     * The name of a worker.
     *
     * @param id what it is called, without a slash; empty for a name of its own
     */
    public static String of(Optional<String> id, String model) {
        return PREFIX + id.orElseGet(() -> UUID.randomUUID().toString()) + SEPARATOR + model;
    }

    /** The model that the owner of this name serves; empty if it is no worker's name. */
    public static Optional<String> model(String clientId) {
        int end = clientId.indexOf(SEPARATOR, PREFIX.length());
        return clientId.startsWith(PREFIX) && end > 0 ? Optional.of(clientId.substring(end + 1)) : Optional.empty();
    }
}
