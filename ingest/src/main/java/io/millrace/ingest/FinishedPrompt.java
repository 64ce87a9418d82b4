package io.millrace.ingest;

import io.millrace.schemas.Completion;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * A prompt that has its completion and waits for the transaction that writes it.
 *
 * @param deadLetter null unless the prompt was refused
 */
record FinishedPrompt(ReceivedPrompt received, Completion completion,
        ProducerRecord<byte[], byte[]> deadLetter) {
    Claim claim() {
        return received.claim();
    }

    long offset() {
        return received.record().offset();
    }
}
