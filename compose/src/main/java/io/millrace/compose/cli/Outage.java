package io.millrace.compose.cli;

import io.millrace.compose.client.BrokerAddress;
import java.io.PrintWriter;
import java.time.Duration;

/** How a command bears with a Kafka that is out of reach: it says so, once, waits, and gives up in the end. For one thread. */
final class Outage {
    /** What becomes of prompts that Kafka has taken. */
    static final String COMPLETED_LATER = "what Kafka has taken is completed once it is back";

    private final BrokerAddress address;
    private final Duration longest;
    private final PrintWriter errors;
    private boolean told;

    /**
     * None yet.
     *
     * @param longest after which to give up
     */
    Outage(BrokerAddress address, Duration longest, PrintWriter errors) {
        this.address = address;
        this.longest = longest;
        this.errors = errors;
    }

    /**
     * Looks at how things are.
     *
     * @param outOfReach for how long Kafka has been out of reach, zero if it is not
     * @return whether it is time to give up
     */
    boolean isTooLong(Duration outOfReach) {
        if (outOfReach.isPositive() && !told) {
            told = true;
            errors.println("millrace: Kafka does not answer at " + address.bootstrapServers() + ": trying for "
                    + longest.toSeconds() + " s in all (--give-up-after), Ctrl-C ends");
        }
        return outOfReach.compareTo(longest) >= 0;
    }

    /**
     * Says why the command ends.
     *
     * @param what is left undone
     */
    void giveUp(String what) {
        errors.println("millrace: Kafka did not answer at " + address.bootstrapServers() + " for " + longest.toSeconds()
                + " s: " + what);
    }
}
