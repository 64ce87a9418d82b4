package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.memory.LargeMemory;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One thread multiplies a packed 2048 x 2048 matrix with some tokens; the figure is 10^9 multiply-adds a second. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class PackedRowsBenchmark {
    private static final int ROWS = 2048;
    private static final int COLUMNS = 2048;

    @Param({"Q4_0", "Q4_1", "Q4_K", "Q6_K", "Q8_0"})
    public TensorType type;

    private final LargeMemory memory = new LargeMemory();
    private final float[] scratch = new float[PackedRows.scratch(COLUMNS)];
    private final float[] y = new float[256 * ROWS];
    private PackedRows rows;
    private Activations x;

    @Setup
    public void fill() {
        var random = new RandomMatrices(new Random(1));
        rows = new PackedRows(random.weights(type, ROWS, COLUMNS), 0, ROWS, memory);
        x = new Activations(256, COLUMNS);
        System.arraycopy(random.values(256 * COLUMNS), 0, x.values(), 0, 256 * COLUMNS);
        x.prepare(0, 256, COLUMNS);
    }

    @TearDown
    public void free() {
        memory.close();
    }

    @Benchmark
    @OperationsPerInvocation(ROWS * COLUMNS)
    public float[] tokens1() {
        rows.multiply(x, 1, y, scratch);
        return y;
    }

    @Benchmark
    @OperationsPerInvocation(8 * ROWS * COLUMNS)
    public float[] tokens8() {
        rows.multiply(x, 8, y, scratch);
        return y;
    }

    @Benchmark
    @OperationsPerInvocation(256 * ROWS * COLUMNS)
    public float[] tokens256() {
        rows.multiply(x, 256, y, scratch);
        return y;
    }
}
