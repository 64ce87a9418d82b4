package io.millrace.compose.chaos;

import io.millrace.schemas.TokenEvent;

/**
 * A token event as the topic has it.
 *
 * @param origin the prompt's record, {@code <partition>-<offset>}
 * @param atMillis when its worker wrote it, since the epoch
 */
record StreamRecord(TokenEvent event, String origin, long atMillis) {}
