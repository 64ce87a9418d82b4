package io.millrace.compose.doctor;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * A machine's memory, or a container's share of it.
 *
 * @param total bytes
 * @param available bytes that programs can still get, with what the system's file cache would give up
 */
public record MachineMemory(long total, long available) {
    private static final Pattern AVAILABLE = Pattern.compile("(?m)^MemAvailable:\\s+(\\d+) kB$");
    private static final Path STATISTICS = Path.of("/proc/meminfo");

    /** As it is now. */
    public static MachineMemory now() {
        var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        long total = system.getTotalMemorySize();
        return new MachineMemory(total, Math.min(total, available(system.getFreeMemorySize())));
    }

    private static long available(long free) {
        try {
            return AVAILABLE.matcher(Files.readString(STATISTICS)).results().findFirst().map(MachineMemory::bytes)
                    .orElse(free);
        } catch (IOException e) {
            // not Linux: what is free now is all that is known
            return free;
        }
    }

    private static long bytes(MatchResult kibibytes) {
        return Long.parseLong(kibibytes.group(1)) << 10;
    }
}
