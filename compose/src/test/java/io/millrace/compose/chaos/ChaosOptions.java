package io.millrace.compose.chaos;

import java.time.Duration;

/**
 * How much is to happen.
 *
 * @param prompts in all
 * @param kills of workers, with -9
 * @param pauses of workers, past their session
 * @param brokerRestarts by turns with SIGTERM and with -9
 * @param seed of everything that is drawn
 * @param round from one fault to the next, each with its share of the prompts
 * @param calmSample how many prompts are computed once more, where nothing fails
 */
record ChaosOptions(int prompts, int workers, int gateways, int kills, int pauses, int brokerRestarts,
        int gatewayKills, long seed, Duration round, int calmSample) {
    /** In the normal build. */
    static ChaosOptions brief(long seed) {
        return new ChaosOptions(40, 2, 2, 1, 0, 1, 1, seed, Duration.ofSeconds(3), 40);
    }

    /** As brief, with nothing but kills of workers, often. */
    static ChaosOptions killsOnly(long seed) {
        return new ChaosOptions(60, 2, 1, 3, 0, 0, 0, seed, Duration.ofSeconds(1), 1);
    }
}
