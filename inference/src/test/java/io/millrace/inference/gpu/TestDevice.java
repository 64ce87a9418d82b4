package io.millrace.inference.gpu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;
import java.util.stream.Collectors;

/** A device to test with: any OpenCL device, the machine's own processor through PoCL above all. */
public final class TestDevice {
    private TestDevice() {}

    /** Skips the test where there is none. */
    public static Device find() {
        return find(OpenClDriver.find());
    }

    /** One whose kernels are those for matrix units, which it emulates. */
    public static Device withMatrixUnits() {
        return find(OpenClDriver.find(true));
    }

    private static Device find(Driver driver) {
        Optional<Device> device = driver.devices().stream()
                .min((a, b) -> Boolean.compare(b.info().isProcessor(), a.info().isProcessor()));
        assumeTrue(device.isPresent(), () -> "no OpenCL device: " + driver.problems().stream()
                .collect(Collectors.joining("; ")));
        return device.orElseThrow();
    }
}
