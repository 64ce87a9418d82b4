package io.millrace.inference.gpu;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Optional;
import java.util.stream.Collectors;

/** A device to test with: any OpenCL device, the machine's own processor through PoCL above all. */
public final class TestDevice {
    private TestDevice() {}

    /** Skips the test where there is none. */
    public static Device find() {
        Driver driver = OpenClDriver.find();
        Optional<Device> device = driver.devices().stream()
                .min((a, b) -> Boolean.compare(b.info().isProcessor(), a.info().isProcessor()));
        assumeTrue(device.isPresent(), () -> "no OpenCL device: " + driver.problems().stream()
                .collect(Collectors.joining("; ")));
        return device.orElseThrow();
    }
}
