package io.millrace.inference.bench;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** How fast this machine reads memory that no cache holds: decoding one sequence cannot be faster than its weights are read. */
public final class ReadRoof {
    private static final long BYTES_A_THREAD = 256L << 20;
    private static final int ROUNDS = 5;
    private static final int UNROLLED = 8;
    private static final double GIGA = 1e9;

    private ReadRoof() {}

    /**
     * Sums longs, once on each thread's own memory.
     *
     * @return 10^9 bytes a second, the best of some rounds
     */
    public static double measure(int threads) throws InterruptedException {
        try (Arena arena = Arena.ofShared()) {
            var parts = new MemorySegment[threads];
            for (int i = 0; i < threads; i++) {
                parts[i] = arena.allocate(BYTES_A_THREAD, Long.BYTES).fill((byte) i);
            }
            double best = 0;
            var total = new AtomicLong();
            for (int round = 0; round < ROUNDS; round++) {
                var done = new CountDownLatch(threads);
                long start = System.nanoTime();
                for (MemorySegment part : parts) {
                    Thread.ofPlatform().start(() -> {
                        total.addAndGet(sum(part));
                        done.countDown();
                    });
                }
                done.await();
                best = Math.max(best, BYTES_A_THREAD * threads / ((System.nanoTime() - start) / GIGA) / GIGA);
            }
            return best;
        }
    }

    private static long sum(MemorySegment part) {
        long a = 0;
        long b = 0;
        long c = 0;
        long d = 0;
        for (long at = 0; at < part.byteSize(); at += (long) UNROLLED * Long.BYTES) {
            a += part.get(ValueLayout.JAVA_LONG, at) + part.get(ValueLayout.JAVA_LONG, at + 32);
            b += part.get(ValueLayout.JAVA_LONG, at + 8) + part.get(ValueLayout.JAVA_LONG, at + 40);
            c += part.get(ValueLayout.JAVA_LONG, at + 16) + part.get(ValueLayout.JAVA_LONG, at + 48);
            d += part.get(ValueLayout.JAVA_LONG, at + 24) + part.get(ValueLayout.JAVA_LONG, at + 56);
        }
        return a + b + c + d;
    }
}
