package io.millrace.compose.chaos;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What is done to an installation, as drawn. Belongs to one thread. */
final class Faults {
    enum Fault {
        KILL_WORKER, PAUSE_WORKER, STOP_BROKER, KILL_BROKER, KILL_GATEWAY
    }

    /** A process is away for so long at most, before it is started again. */
    private static final int LONGEST_ABSENCE_MILLIS = 2_000;
    private static final int PAUSE_MILLIS = Installation.SESSION_TIMEOUT_MILLIS + 1_000;

    private final Installation installation;
    private final Random random;
    private final PrintStream out;
    private final List<Long> killsMillis = new ArrayList<>();
    private final long startNanos = System.nanoTime();

    Faults(Installation installation, Random random, PrintStream out) {
        this.installation = installation;
        this.random = random;
        this.out = out;
    }

    /** In which order. */
    static List<Fault> draw(ChaosOptions options, Random random) {
        var faults = new ArrayList<Fault>();
        faults.addAll(Collections.nCopies(options.kills(), Fault.KILL_WORKER));
        faults.addAll(Collections.nCopies(options.pauses(), Fault.PAUSE_WORKER));
        for (int i = 0; i < options.brokerRestarts(); i++) {
            faults.add(i % 2 == 0 ? Fault.KILL_BROKER : Fault.STOP_BROKER);
        }
        faults.addAll(Collections.nCopies(options.gatewayKills(), Fault.KILL_GATEWAY));
        Collections.shuffle(faults, random);
        return faults;
    }

    /** Returns once the process is there again. */
    void inflict(Fault fault) throws InterruptedException {
        int worker = random.nextInt(installation.workers());
        int gateway = random.nextInt(installation.gateways().size());
        switch (fault) {
            case KILL_WORKER -> {
                say("kill -9 of worker " + worker);
                killsMillis.add(System.currentTimeMillis());
                installation.killWorker(worker);
                absence();
                installation.restartWorker(worker);
            }
            case PAUSE_WORKER -> {
                say("worker " + worker + " stands still past its session");
                installation.pauseWorker(worker);
                Thread.sleep(PAUSE_MILLIS + random.nextInt(LONGEST_ABSENCE_MILLIS));
                installation.continueWorker(worker);
            }
            case STOP_BROKER -> {
                say("the broker is stopped");
                installation.stopBroker();
                absence();
                installation.restartBroker();
            }
            case KILL_BROKER -> {
                say("kill -9 of the broker");
                installation.killBroker();
                absence();
                installation.restartBroker();
            }
            case KILL_GATEWAY -> {
                say("kill -9 of gateway " + gateway);
                installation.killGateway(gateway);
                absence();
                installation.restartGateway(gateway);
            }
        }
    }

    private void absence() throws InterruptedException {
        Thread.sleep(random.nextInt(LONGEST_ABSENCE_MILLIS));
    }

    void say(String what) {
        out.printf("%7.1f s  %s%n", (System.nanoTime() - startNanos) / 1e9, what);
    }

    /** When workers were killed, since the epoch. */
    List<Long> killsMillis() {
        return List.copyOf(killsMillis);
    }
}
