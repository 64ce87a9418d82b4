package io.millrace.inference.gpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.List;
import java.util.Map;

/**
 * What is used of OpenCL 1.2.
 *
 * @see <a href="https://registry.khronos.org/OpenCL/specs/opencl-1.2.pdf">The OpenCL Specification 1.2</a>
 */
final class OpenClLibrary {
    static final int PLATFORM_VERSION = 0x0901;
    static final int DEVICE_TYPE = 0x1000;
    static final int DEVICE_MAX_WORK_GROUP_SIZE = 0x1004;
    static final int DEVICE_MAX_MEM_ALLOC_SIZE = 0x1010;
    static final int DEVICE_GLOBAL_MEM_SIZE = 0x101F;
    static final int DEVICE_LOCAL_MEM_SIZE = 0x1023;
    static final int DEVICE_ENDIAN_LITTLE = 0x1026;
    static final int DEVICE_AVAILABLE = 0x1027;
    static final int DEVICE_COMPILER_AVAILABLE = 0x1028;
    static final int DEVICE_NAME = 0x102B;
    static final int PROGRAM_BUILD_LOG = 0x1183;
    static final long DEVICE_TYPE_CPU = 2;
    static final long DEVICE_TYPE_ALL = 0xFFFFFFFFL;
    static final int NO_PLATFORM = -1001;
    static final int NO_DEVICE = -1;
    static final int BUILD_FAILED = -11;

    private static final NativeLibrary LIBRARY = new NativeLibrary(List.of("libOpenCL.so.1", "libOpenCL.so"),
            List.of("OpenCL.dll"), List.of("/System/Library/Frameworks/OpenCL.framework/OpenCL"));

    private static final Map<Integer, String> ERRORS = Map.ofEntries(Map.entry(-1, "CL_DEVICE_NOT_FOUND"),
            Map.entry(-2, "CL_DEVICE_NOT_AVAILABLE"), Map.entry(-3, "CL_COMPILER_NOT_AVAILABLE"),
            Map.entry(-4, "CL_MEM_OBJECT_ALLOCATION_FAILURE"), Map.entry(-5, "CL_OUT_OF_RESOURCES"),
            Map.entry(-6, "CL_OUT_OF_HOST_MEMORY"), Map.entry(-11, "CL_BUILD_PROGRAM_FAILURE"),
            Map.entry(-14, "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST"), Map.entry(-30, "CL_INVALID_VALUE"),
            Map.entry(-32, "CL_INVALID_PLATFORM"), Map.entry(-33, "CL_INVALID_DEVICE"),
            Map.entry(-34, "CL_INVALID_CONTEXT"), Map.entry(-36, "CL_INVALID_COMMAND_QUEUE"),
            Map.entry(-38, "CL_INVALID_MEM_OBJECT"), Map.entry(-44, "CL_INVALID_PROGRAM"),
            Map.entry(-45, "CL_INVALID_PROGRAM_EXECUTABLE"), Map.entry(-46, "CL_INVALID_KERNEL_NAME"),
            Map.entry(-48, "CL_INVALID_KERNEL"), Map.entry(-49, "CL_INVALID_ARG_INDEX"),
            Map.entry(-50, "CL_INVALID_ARG_VALUE"), Map.entry(-51, "CL_INVALID_ARG_SIZE"),
            Map.entry(-52, "CL_INVALID_KERNEL_ARGS"), Map.entry(-54, "CL_INVALID_WORK_GROUP_SIZE"),
            Map.entry(-55, "CL_INVALID_WORK_ITEM_SIZE"), Map.entry(-61, "CL_INVALID_BUFFER_SIZE"),
            Map.entry(-63, "CL_INVALID_GLOBAL_WORK_SIZE"), Map.entry(-1001, "CL_PLATFORM_NOT_FOUND_KHR"));

    final NativeFunction getPlatformIds;
    final NativeFunction getPlatformInfo;
    final NativeFunction getDeviceIds;
    final NativeFunction getDeviceInfo;
    final NativeFunction createContext;
    final NativeFunction releaseContext;
    final NativeFunction createCommandQueue;
    final NativeFunction releaseCommandQueue;
    final NativeFunction createProgramWithSource;
    final NativeFunction buildProgram;
    final NativeFunction getProgramBuildInfo;
    final NativeFunction releaseProgram;
    final NativeFunction createKernel;
    final NativeFunction setKernelArg;
    final NativeFunction releaseKernel;
    final NativeFunction createBuffer;
    final NativeFunction releaseMemObject;
    final NativeFunction enqueueWriteBuffer;
    final NativeFunction enqueueReadBuffer;
    final NativeFunction enqueueNdRangeKernel;
    final NativeFunction finish;

    private OpenClLibrary(SymbolLookup library) {
        getPlatformIds = NativeFunction.code(library, "clGetPlatformIDs", JAVA_INT, ADDRESS, ADDRESS);
        getPlatformInfo = NativeFunction.code(library, "clGetPlatformInfo", ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS,
                ADDRESS);
        getDeviceIds = NativeFunction.code(library, "clGetDeviceIDs", ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS);
        getDeviceInfo = NativeFunction.code(library, "clGetDeviceInfo", ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS, ADDRESS);
        createContext = NativeFunction.pointer(library, "clCreateContext", ADDRESS, JAVA_INT, ADDRESS, ADDRESS, ADDRESS,
                ADDRESS);
        releaseContext = NativeFunction.code(library, "clReleaseContext", ADDRESS);
        createCommandQueue = NativeFunction.pointer(library, "clCreateCommandQueue", ADDRESS, ADDRESS, JAVA_LONG,
                ADDRESS);
        releaseCommandQueue = NativeFunction.code(library, "clReleaseCommandQueue", ADDRESS);
        createProgramWithSource = NativeFunction.pointer(library, "clCreateProgramWithSource", ADDRESS, JAVA_INT,
                ADDRESS, ADDRESS, ADDRESS);
        buildProgram = NativeFunction.code(library, "clBuildProgram", ADDRESS, JAVA_INT, ADDRESS, ADDRESS, ADDRESS,
                ADDRESS);
        getProgramBuildInfo = NativeFunction.code(library, "clGetProgramBuildInfo", ADDRESS, ADDRESS, JAVA_INT,
                JAVA_LONG, ADDRESS, ADDRESS);
        releaseProgram = NativeFunction.code(library, "clReleaseProgram", ADDRESS);
        createKernel = NativeFunction.pointer(library, "clCreateKernel", ADDRESS, ADDRESS, ADDRESS);
        setKernelArg = NativeFunction.code(library, "clSetKernelArg", ADDRESS, JAVA_INT, JAVA_LONG, ADDRESS);
        releaseKernel = NativeFunction.code(library, "clReleaseKernel", ADDRESS);
        createBuffer = NativeFunction.pointer(library, "clCreateBuffer", ADDRESS, JAVA_LONG, JAVA_LONG, ADDRESS,
                ADDRESS);
        releaseMemObject = NativeFunction.code(library, "clReleaseMemObject", ADDRESS);
        enqueueWriteBuffer = NativeFunction.code(library, "clEnqueueWriteBuffer", ADDRESS, ADDRESS, JAVA_INT, JAVA_LONG,
                JAVA_LONG, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
        enqueueReadBuffer = NativeFunction.code(library, "clEnqueueReadBuffer", ADDRESS, ADDRESS, JAVA_INT, JAVA_LONG,
                JAVA_LONG, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
        enqueueNdRangeKernel = NativeFunction.code(library, "clEnqueueNDRangeKernel", ADDRESS, ADDRESS, JAVA_INT,
                ADDRESS, ADDRESS, ADDRESS, JAVA_INT, ADDRESS, ADDRESS);
        finish = NativeFunction.code(library, "clFinish", ADDRESS);
    }

    /**
     * Loads it.
     *
     * @throws GpuException if it is not there
     * @throws java.util.NoSuchElementException if it lacks a function
     */
    static OpenClLibrary load() {
        return new OpenClLibrary(LIBRARY.load());
    }

    /**
     * Calls.
     *
     * @throws GpuException if it returns an error
     */
    void call(NativeFunction function, Object... arguments) {
        require(function, function.code(arguments));
    }

    /**
     * Calls one that makes something, and writes its error behind the last argument, which is added here.
     *
     * @throws GpuException if it reports an error
     */
    MemorySegment create(NativeFunction function, Object... arguments) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment code = arena.allocate(JAVA_INT);
            var all = new Object[arguments.length + 1];
            System.arraycopy(arguments, 0, all, 0, arguments.length);
            all[arguments.length] = code;
            MemorySegment made = function.pointer(all);
            require(function, code.get(JAVA_INT, 0));
            return made;
        }
    }

    private static void require(NativeFunction function, int code) {
        if (code != 0) {
            throw new GpuException(function.name() + " failed with " + error(code));
        }
    }

    static String error(int code) {
        return ERRORS.getOrDefault(code, "OpenCL's error " + code);
    }

    /** A text, in what asks a platform or a device. */
    String text(NativeFunction query, MemorySegment object, int what) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment size = arena.allocate(JAVA_LONG);
            call(query, object, what, 0L, MemorySegment.NULL, size);
            MemorySegment text = arena.allocate(size.get(JAVA_LONG, 0) + 1);
            call(query, object, what, size.get(JAVA_LONG, 0), text, MemorySegment.NULL);
            return text.getString(0).strip();
        }
    }

    /** A number of up to 64 bits of a device. */
    long number(MemorySegment device, int what) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_LONG);
            call(getDeviceInfo, device, what, JAVA_LONG.byteSize(), value, MemorySegment.NULL);
            return value.get(JAVA_LONG, 0);
        }
    }
}
