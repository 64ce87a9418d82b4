package io.millrace.inference.gpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;

/** Finds OpenCL's devices. */
final class OpenClDriver {
    private static final String NAME = "OpenCL";
    /** What kernels are written for. */
    private static final int LANES = 256;
    private static final int LOCAL_BYTES = 16 << 10;

    private final OpenClLibrary library;
    private final boolean emulatesMatrixUnits;
    private final List<Device> devices = new ArrayList<>();
    private final List<String> problems = new ArrayList<>();

    private OpenClDriver(OpenClLibrary library, boolean emulatesMatrixUnits) {
        this.library = library;
        this.emulatesMatrixUnits = emulatesMatrixUnits;
    }

    static Driver find() {
        return find(false);
    }

    /** @param emulatesMatrixUnits to test kernels for them: it is slow */
    static Driver find(boolean emulatesMatrixUnits) {
        try {
            var driver = new OpenClDriver(OpenClLibrary.load(), emulatesMatrixUnits);
            driver.findPlatforms();
            return new Driver(NAME, driver.devices, driver.problems);
        } catch (GpuException | NoSuchElementException e) {
            return Driver.unusable(NAME, e.getMessage());
        }
    }

    private void findPlatforms() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_INT);
            int code = library.getPlatformIds.code(0, MemorySegment.NULL, count);
            if (code == OpenClLibrary.NO_PLATFORM || code == 0 && count.get(JAVA_INT, 0) == 0) {
                problems.add("no maker's driver is installed");
                return;
            }
            if (code != 0) {
                throw new GpuException("clGetPlatformIDs failed with " + OpenClLibrary.error(code));
            }
            int platforms = count.get(JAVA_INT, 0);
            MemorySegment ids = arena.allocate(ADDRESS, platforms);
            library.call(library.getPlatformIds, platforms, ids, MemorySegment.NULL);
            for (int i = 0; i < platforms; i++) {
                findDevices(ids.getAtIndex(ADDRESS, i));
            }
        }
    }

    private void findDevices(MemorySegment platform) {
        try (Arena arena = Arena.ofConfined()) {
            // behind two spaces PoCL says how it was built
            String version = library.text(library.getPlatformInfo, platform, OpenClLibrary.PLATFORM_VERSION)
                    .split("  ", 2)[0];
            MemorySegment count = arena.allocate(JAVA_INT);
            int code = library.getDeviceIds.code(platform, OpenClLibrary.DEVICE_TYPE_ALL, 0, MemorySegment.NULL, count);
            if (code != 0) {
                problems.add(version + (code == OpenClLibrary.NO_DEVICE
                        ? " has no device"
                        : ": clGetDeviceIDs failed with " + OpenClLibrary.error(code)));
                return;
            }
            int found = count.get(JAVA_INT, 0);
            MemorySegment ids = arena.allocate(ADDRESS, found);
            library.call(library.getDeviceIds, platform, OpenClLibrary.DEVICE_TYPE_ALL, found, ids, MemorySegment.NULL);
            for (int i = 0; i < found; i++) {
                add(version, ids.getAtIndex(ADDRESS, i));
            }
        }
    }

    private void add(String version, MemorySegment device) {
        try {
            var info = new DeviceInfo("opencl" + devices.size(),
                    library.text(library.getDeviceInfo, device, OpenClLibrary.DEVICE_NAME), version,
                    library.number(device, OpenClLibrary.DEVICE_GLOBAL_MEM_SIZE),
                    library.number(device, OpenClLibrary.DEVICE_MAX_MEM_ALLOC_SIZE), emulatesMatrixUnits,
                    (library.number(device, OpenClLibrary.DEVICE_TYPE) & OpenClLibrary.DEVICE_TYPE_CPU) != 0);
            String lacking = lacking(device);
            if (lacking.isEmpty()) {
                devices.add(new OpenClDevice(library, info, device));
            } else {
                problems.add(info.name() + " " + lacking);
            }
        } catch (GpuException e) {
            problems.add(version + ": " + e.getMessage());
        }
    }

    private String lacking(MemorySegment device) {
        if (library.number(device, OpenClLibrary.DEVICE_AVAILABLE) == 0) {
            return "is not available";
        }
        if (library.number(device, OpenClLibrary.DEVICE_COMPILER_AVAILABLE) == 0) {
            return "has no compiler";
        }
        if (library.number(device, OpenClLibrary.DEVICE_ENDIAN_LITTLE) == 0) {
            return "keeps numbers with their highest byte first";
        }
        if (library.number(device, OpenClLibrary.DEVICE_MAX_WORK_GROUP_SIZE) < LANES) {
            return "has no groups of " + LANES;
        }
        return library.number(device, OpenClLibrary.DEVICE_LOCAL_MEM_SIZE) < LOCAL_BYTES
                ? "has less than " + LOCAL_BYTES + " bytes of local memory"
                : "";
    }

    /** One that can be used. */
    private record OpenClDevice(OpenClLibrary library, DeviceInfo info, MemorySegment handle) implements Device {
        @Override
        public DeviceContext open(Set<TensorType> types) {
            return OpenClContext.open(library, info, handle, types);
        }
    }
}
