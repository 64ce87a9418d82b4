package io.millrace.inference.gpu;

import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A driver's library, by the names that it has on Linux, Windows and macOS. It stays loaded. */
record NativeLibrary(List<String> linux, List<String> windows, List<String> mac) {
    /**
     * Loads it.
     *
     * @throws GpuException if it is not there
     */
    SymbolLookup load() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        return load(system.startsWith("windows") ? windows : system.startsWith("mac") ? mac : linux);
    }

    static SymbolLookup load(List<String> names) {
        return names.stream().flatMap(name -> find(name).stream()).findFirst()
                .orElseThrow(() -> new GpuException(names.isEmpty()
                        ? "this system has none"
                        : names.getFirst() + " is not installed or cannot be loaded"));
    }

    private static Optional<SymbolLookup> find(String name) {
        try {
            return Optional.of(SymbolLookup.libraryLookup(name, Arena.global()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}
