package io.millrace.compose.doctor;

import io.millrace.compose.Bytes;
import io.millrace.inference.gpu.DeviceInfo;
import io.millrace.inference.gpu.Gpus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** Which graphics processors layers could be left to; there need be none. */
public final class GpuCheck implements Check {
    private static final String SUBJECT = "GPU";
    private static final Path NVIDIA_DEVICE = Path.of("/dev/nvidiactl");

    private final Gpus gpus;
    private final boolean nvidiaIsThere;

    /** Of this machine. */
    public GpuCheck() {
        this(Gpus.find(), Files.exists(NVIDIA_DEVICE));
    }

    /**
     * Looks at what was found.
     *
     * @param nvidiaIsThere whether the system knows an NVIDIA card
     */
    GpuCheck(Gpus gpus, boolean nvidiaIsThere) {
        this.gpus = gpus;
        this.nvidiaIsThere = nvidiaIsThere;
    }

    @Override
    public List<Finding> findings() {
        String problems = gpus.drivers().stream().flatMap(driver -> driver.problems().stream().map(why -> driver.name()
                + ": " + why)).collect(Collectors.joining("; "));
        List<DeviceInfo> usable = gpus.devices().stream().map(device -> device.info())
                .filter(info -> !info.isProcessor()).toList();
        if (usable.isEmpty()) {
            return List.of(nvidiaIsThere
                    ? Finding.warn(SUBJECT, "there is an NVIDIA card that cannot be used: " + problems,
                            "install the driver's library, or give the container --gpus all")
                    : Finding.ok(SUBJECT, "none that can be used, the CPU computes" + (problems.isEmpty()
                            ? ""
                            : " (" + problems + ")")));
        }
        return List.of(Finding.ok(SUBJECT, usable.stream().map(info -> info.id() + ", " + info.name() + ", "
                + Bytes.readable(info.memoryBytes())).collect(Collectors.joining("; "))
                + ": -ngl leaves layers to it"));
    }
}
