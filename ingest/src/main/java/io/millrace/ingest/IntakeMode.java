package io.millrace.ingest;

/** How workers share the prompts among themselves. */
public enum IntakeMode {
    /** By partitions, as a consumer group: exactly one completion a prompt. */
    GROUP,
    /** One by one, as a share group (KIP-932): more workers than partitions, and at least one completion a prompt. */
    SHARE
}
