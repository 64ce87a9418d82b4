package io.millrace.inference.gpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.List;

/**
 * What is used of CUDA's driver interface. Functions whose parameters once changed have names with a version.
 *
 * @see <a href="https://docs.nvidia.com/cuda/cuda-driver-api/">CUDA Driver API</a>
 */
final class CudaLibrary {
    private static final NativeLibrary LIBRARY = new NativeLibrary(List.of("libcuda.so.1", "libcuda.so"),
            List.of("nvcuda.dll"), List.of());

    final NativeFunction init;
    final NativeFunction driverGetVersion;
    final NativeFunction deviceGetCount;
    final NativeFunction deviceGet;
    final NativeFunction deviceGetName;
    final NativeFunction deviceTotalMem;
    final NativeFunction deviceGetAttribute;
    final NativeFunction primaryContextRetain;
    final NativeFunction primaryContextRelease;
    final NativeFunction contextSetCurrent;
    final NativeFunction memoryGetInfo;
    final NativeFunction memoryAllocate;
    final NativeFunction memoryFree;
    final NativeFunction copyToDevice;
    final NativeFunction copyToHost;
    final NativeFunction streamCreate;
    final NativeFunction streamSynchronize;
    final NativeFunction streamDestroy;
    final NativeFunction moduleLoadData;
    final NativeFunction moduleGetFunction;
    final NativeFunction moduleUnload;
    final NativeFunction launchKernel;
    final NativeFunction beginCapture;
    final NativeFunction endCapture;
    final NativeFunction graphDestroy;
    final NativeFunction graphInstantiate;
    final NativeFunction graphLaunch;
    final NativeFunction graphExecDestroy;
    private final NativeFunction getErrorName;
    private final SymbolLookup library;

    private CudaLibrary(SymbolLookup library) {
        this.library = library;
        init = NativeFunction.code(library, "cuInit", JAVA_INT);
        driverGetVersion = NativeFunction.code(library, "cuDriverGetVersion", ADDRESS);
        deviceGetCount = NativeFunction.code(library, "cuDeviceGetCount", ADDRESS);
        deviceGet = NativeFunction.code(library, "cuDeviceGet", ADDRESS, JAVA_INT);
        deviceGetName = NativeFunction.code(library, "cuDeviceGetName", ADDRESS, JAVA_INT, JAVA_INT);
        deviceTotalMem = NativeFunction.code(library, "cuDeviceTotalMem_v2", ADDRESS, JAVA_INT);
        deviceGetAttribute = NativeFunction.code(library, "cuDeviceGetAttribute", ADDRESS, JAVA_INT, JAVA_INT);
        primaryContextRetain = NativeFunction.code(library, "cuDevicePrimaryCtxRetain", ADDRESS, JAVA_INT);
        primaryContextRelease = NativeFunction.code(library, "cuDevicePrimaryCtxRelease_v2", JAVA_INT);
        contextSetCurrent = NativeFunction.code(library, "cuCtxSetCurrent", ADDRESS);
        memoryGetInfo = NativeFunction.code(library, "cuMemGetInfo_v2", ADDRESS, ADDRESS);
        memoryAllocate = NativeFunction.code(library, "cuMemAlloc_v2", ADDRESS, JAVA_LONG);
        memoryFree = NativeFunction.code(library, "cuMemFree_v2", JAVA_LONG);
        copyToDevice = NativeFunction.code(library, "cuMemcpyHtoDAsync_v2", JAVA_LONG, ADDRESS, JAVA_LONG, ADDRESS);
        copyToHost = NativeFunction.code(library, "cuMemcpyDtoHAsync_v2", ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS);
        streamCreate = NativeFunction.code(library, "cuStreamCreate", ADDRESS, JAVA_INT);
        streamSynchronize = NativeFunction.code(library, "cuStreamSynchronize", ADDRESS);
        streamDestroy = NativeFunction.code(library, "cuStreamDestroy_v2", ADDRESS);
        moduleLoadData = NativeFunction.code(library, "cuModuleLoadData", ADDRESS, ADDRESS);
        moduleGetFunction = NativeFunction.code(library, "cuModuleGetFunction", ADDRESS, ADDRESS, ADDRESS);
        moduleUnload = NativeFunction.code(library, "cuModuleUnload", ADDRESS);
        launchKernel = NativeFunction.code(library, "cuLaunchKernel", ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
                JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, ADDRESS);
        beginCapture = NativeFunction.code(library, "cuStreamBeginCapture_v2", ADDRESS, JAVA_INT);
        endCapture = NativeFunction.code(library, "cuStreamEndCapture", ADDRESS, ADDRESS);
        graphDestroy = NativeFunction.code(library, "cuGraphDestroy", ADDRESS);
        graphInstantiate = NativeFunction.code(library, "cuGraphInstantiateWithFlags", ADDRESS, ADDRESS, JAVA_LONG);
        graphLaunch = NativeFunction.code(library, "cuGraphLaunch", ADDRESS, ADDRESS);
        graphExecDestroy = NativeFunction.code(library, "cuGraphExecDestroy", ADDRESS);
        getErrorName = NativeFunction.code(library, "cuGetErrorName", JAVA_INT, ADDRESS);
    }

    /**
     * Loads it.
     *
     * @throws GpuException if it is not there
     * @throws java.util.NoSuchElementException if it lacks a function
     */
    static CudaLibrary load() {
        return new CudaLibrary(LIBRARY.load());
    }

    /**
     * Calls.
     *
     * @throws GpuException if it returns an error
     */
    void call(NativeFunction function, Object... arguments) {
        int code = function.code(arguments);
        if (code != 0) {
            throw new GpuException(function.name() + " failed with " + error(code));
        }
    }

    /** Since CUDA 11.8, so that it is only looked for where there are cards that need it. */
    NativeFunction launchKernelEx() {
        return NativeFunction.code(library, "cuLaunchKernelEx", ADDRESS, ADDRESS, ADDRESS, ADDRESS);
    }

    private String error(int code) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocate(ADDRESS);
            return getErrorName.code(code, name) == 0
                    ? name.get(ADDRESS, 0).reinterpret(Byte.MAX_VALUE).getString(0)
                    : "CUDA's error " + code;
        }
    }

    /** What a function writes to where its first argument points, 32 bits. */
    int number(NativeFunction function, Object... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            return result(function, arena.allocate(JAVA_LONG), arguments).get(JAVA_INT, 0);
        }
    }

    /** Likewise, 64 bits. */
    long longNumber(NativeFunction function, Object... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            return result(function, arena.allocate(JAVA_LONG), arguments).get(JAVA_LONG, 0);
        }
    }

    /** Likewise, a pointer. */
    MemorySegment pointer(NativeFunction function, Object... arguments) {
        return MemorySegment.ofAddress(longNumber(function, arguments));
    }

    private MemorySegment result(NativeFunction function, MemorySegment result, Object... arguments) {
        var all = new Object[arguments.length + 1];
        all[0] = result;
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        call(function, all);
        return result;
    }
}
