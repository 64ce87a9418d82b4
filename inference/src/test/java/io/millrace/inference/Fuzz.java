package io.millrace.inference;

import java.time.Duration;
import java.util.Random;
import java.util.function.Consumer;

/** Random trials until their time is over: a second in the ordinary build, {@code mvn verify -Pfuzz} takes ten minutes for each. */
public final class Fuzz {
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("fuzz.seconds", 1));

    private Fuzz() {}

    /** Repeats a trial; its failure names the seed that shows it at once. */
    public static void repeat(Consumer<Random> trial) {
        long end = System.nanoTime() + TIME.toNanos();
        do {
            long seed = System.nanoTime();
            try {
                trial.accept(new Random(seed));
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("seed " + seed, e);
            }
        } while (System.nanoTime() < end);
    }
}
