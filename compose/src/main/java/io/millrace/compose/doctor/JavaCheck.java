package io.millrace.compose.doctor;

import io.millrace.inference.kernel.Kernels;
import java.util.List;
import java.util.Locale;

/** The JVM, and how wide it computes. */
public final class JavaCheck implements Check {
    private static final int NEEDED = 25;
    private static final int WIDE_ENOUGH_BITS = 256;

    private final int feature;
    private final int vectorBits;
    private final String architecture;

    /** Of this JVM. */
    public JavaCheck() {
        this(Runtime.version().feature(), Kernels.vectorBits(), System.getProperty("os.arch"));
    }

    JavaCheck(int feature, int vectorBits, String architecture) {
        this.feature = feature;
        this.vectorBits = vectorBits;
        this.architecture = architecture;
    }

    @Override
    public List<Finding> findings() {
        return List.of(java(), vectors());
    }

    private Finding java() {
        String found = System.getProperty("java.vm.name") + " " + Runtime.version() + " in "
                + System.getProperty("java.home");
        return feature == NEEDED
                ? Finding.ok("Java", found)
                : Finding.problem("Java", found, "use a JDK " + NEEDED
                        + ": its Vector API changes from release to release; MILLRACE_JAVA_HOME names one");
    }

    private Finding vectors() {
        String cores = Runtime.getRuntime().availableProcessors() + " cores (" + architecture + ")";
        if (vectorBits == 0) {
            return Finding.problem("CPU", cores + ", vectors are off: the engine does not run",
                    "start with ./millrace, or java --add-modules jdk.incubator.vector");
        }
        String found = cores + ", vectors of " + vectorBits + " bits";
        boolean x86 = List.of("amd64", "x86_64").contains(architecture.toLowerCase(Locale.ROOT));
        return x86 && vectorBits < WIDE_ENOUGH_BITS
                ? Finding.warn("CPU", found, "AVX2 is missing: a virtual machine may hide it, so choose its CPU type"
                        + " 'host', and see that MILLRACE_JAVA_OPTS has no -XX:UseAVX")
                : Finding.ok("CPU", found);
    }
}
