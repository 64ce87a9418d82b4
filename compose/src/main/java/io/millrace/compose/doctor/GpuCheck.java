package io.millrace.compose.doctor;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Whether the drivers of GPUs can be opened; there need be none. */
public final class GpuCheck implements Check {
    private static final String SUBJECT = "GPU";
    private static final Path NVIDIA_DEVICE = Path.of("/dev/nvidiactl");

    private final Map<String, String> libraries;
    private final boolean nvidiaIsThere;

    /** Of this machine. */
    public GpuCheck() {
        this(libraries(System.getProperty("os.name").toLowerCase(Locale.ROOT)), Files.exists(NVIDIA_DEVICE));
    }

    /**
     * Tries to open libraries.
     *
     * @param libraries by what they are for, CUDA or OpenCL
     * @param nvidiaIsThere whether the system knows an NVIDIA card
     */
    GpuCheck(Map<String, String> libraries, boolean nvidiaIsThere) {
        this.libraries = new TreeMap<>(libraries);
        this.nvidiaIsThere = nvidiaIsThere;
    }

    private static Map<String, String> libraries(String system) {
        if (system.contains("windows")) {
            return Map.of("CUDA", "nvcuda.dll", "OpenCL", "OpenCL.dll");
        }
        return system.contains("mac")
                ? Map.of("OpenCL", "/System/Library/Frameworks/OpenCL.framework/OpenCL")
                : Map.of("CUDA", "libcuda.so.1", "OpenCL", "libOpenCL.so.1");
    }

    @Override
    public List<Finding> findings() {
        List<String> opened = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        libraries.forEach((name, library) -> (opens(library) ? opened : missing).add(name + " (" + library + ")"));
        if (nvidiaIsThere && missing.stream().anyMatch(name -> name.startsWith("CUDA"))) {
            return List.of(Finding.warn(SUBJECT, "there is an NVIDIA card, but its driver cannot be opened: " + missing,
                    "install the driver's library, or give the container --gpus all"));
        }
        return List.of(Finding.ok(SUBJECT, opened.isEmpty()
                ? "no driver can be opened of " + missing + ": the CPU computes"
                : "driver: " + String.join(", ", opened)));
    }

    private static boolean opens(String library) {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup.libraryLookup(library, arena);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
