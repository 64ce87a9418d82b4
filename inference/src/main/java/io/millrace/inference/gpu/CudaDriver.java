package io.millrace.inference.gpu;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;

/** Finds CUDA's devices. */
final class CudaDriver {
    private static final String NAME = "CUDA";
    private static final int NAME_BYTES = 256;
    private static final int ATTRIBUTE_MAJOR = 75;
    private static final int ATTRIBUTE_MINOR = 76;

    private CudaDriver() {}

    static Driver find() {
        try {
            CudaLibrary library = CudaLibrary.load();
            library.call(library.init, 0);
            return found(library);
        } catch (GpuException | NoSuchElementException e) {
            return Driver.unusable(NAME, e.getMessage());
        }
    }

    private static Driver found(CudaLibrary library) {
        List<Device> devices = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        int count = library.number(library.deviceGetCount);
        int version = library.number(library.driverGetVersion);
        for (int i = 0; i < count; i++) {
            int handle = library.number(library.deviceGet, i);
            String name = name(library, handle);
            int capability = 10 * library.number(library.deviceGetAttribute, ATTRIBUTE_MAJOR, handle)
                    + library.number(library.deviceGetAttribute, ATTRIBUTE_MINOR, handle);
            Optional<Ptx.Target> target = Ptx.Target.of(capability);
            if (target.isEmpty()) {
                problems.add("cuda" + i + ", " + name + ", has the compute capability " + capability / 10.0
                        + "; 7.5 and later can be used, and OpenCL with earlier ones");
                continue;
            }
            long memory = library.longNumber(library.deviceTotalMem, handle);
            devices.add(new CudaDevice(library, new DeviceInfo("cuda" + i, name,
                    "CUDA " + version / 1000 + "." + version % 1000 / 10, memory, memory, true, false), handle,
                    target.get()));
        }
        return new Driver(NAME, devices, problems);
    }

    private static String name(CudaLibrary library, int handle) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(NAME_BYTES);
            library.call(library.deviceGetName, name, NAME_BYTES, handle);
            return name.getString(0);
        }
    }

    /** One that can be used. */
    private record CudaDevice(CudaLibrary library, DeviceInfo info, int handle, Ptx.Target target)
            implements
                Device {
        @Override
        public DeviceContext open(Set<TensorType> types) {
            return CudaContext.open(library, handle, target, types);
        }
    }
}
