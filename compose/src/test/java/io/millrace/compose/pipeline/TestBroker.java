package io.millrace.compose.pipeline;

import java.io.IOException;

/** A broker that tests may stop. */
interface TestBroker extends AutoCloseable {
    /** The same however often it is started again. */
    String bootstrapServers();

    /** Ends it as a broker ends that is asked to; its data stays. */
    void stop();

    /** Returns when it serves again. */
    void startAgain();

    /** Ends it for good, and its data. */
    @Override
    void close() throws IOException;
}
