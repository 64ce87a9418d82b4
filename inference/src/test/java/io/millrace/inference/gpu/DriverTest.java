package io.millrace.inference.gpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.millrace.inference.gguf.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DriverTest {
    private static final Set<TensorType> TYPES = Set.of(TensorType.F32);

    @Test
    void absentDriversAreToldAbout() {
        for (Driver driver : Gpus.find().drivers()) {
            assertThat(driver.devices().isEmpty() && driver.problems().isEmpty()).as(driver.name()).isFalse();
            assertThat(driver.problems()).allSatisfy(problem -> assertThat(problem).doesNotContain("\n"));
        }
        assertThatThrownBy(() -> NativeLibrary.load(List.of("libnosuchdriver.so.1")))
                .isInstanceOf(GpuException.class)
                .hasMessage("libnosuchdriver.so.1 is not installed or cannot be loaded");
    }

    @Test
    void whereThereIsNothingTheChoiceSaysWhy() {
        var nothing = new Gpus(List.of(Driver.unusable("CUDA", "libcuda.so.1 is not installed or cannot be loaded"),
                Driver.unusable("OpenCL", "no maker's driver is installed")));
        assertThatThrownBy(() -> nothing.choose(Optional.empty())).isInstanceOf(GpuException.class)
                .hasMessage("there is no graphics processor that can be used: CUDA: libcuda.so.1 is not installed or"
                        + " cannot be loaded; OpenCL: no maker's driver is installed");
    }

    @Test
    void theMachinesProcessorIsTakenByNameOnly() {
        Device device = TestDevice.find();
        var gpus = new Gpus(List.of(new Driver("OpenCL", List.of(device), List.of())));
        assertThat(gpus.choose(Optional.of(device.info().id()))).isSameAs(device);
        assertThatThrownBy(() -> gpus.choose(Optional.of("opencl77"))).hasMessageContaining("no device 'opencl77'")
                .hasMessageContaining(device.info().id());
        if (device.info().isProcessor()) {
            assertThatThrownBy(() -> gpus.choose(Optional.empty())).hasMessageContaining("by name only");
        }
    }

    @Test
    void memoryKeepsWhatIsCopiedToIt() {
        try (Arena arena = Arena.ofConfined();
                DeviceContext context = TestDevice.find().open(TYPES);
                DeviceMemory memory = context.allocate(64)) {
            MemorySegment numbers = arena.allocateFrom(ValueLayout.JAVA_INT, 1, 2, 3, 4);
            context.upload(numbers, memory, 16);
            MemorySegment back = arena.allocate(8);
            context.download(memory, 20, back);
            assertThat(back.toArray(ValueLayout.JAVA_INT)).containsExactly(2, 3);
            assertThat(memory.bytes()).isEqualTo(64);
        }
    }

    @Test
    void memoryIsClosedOnce() {
        try (DeviceContext context = TestDevice.find().open(TYPES)) {
            long before = context.freeBytes();
            DeviceMemory memory = context.allocate(1 << 20);
            assertThat(context.freeBytes()).isEqualTo(before - (1 << 20));
            memory.close();
            assertThat(context.freeBytes()).isEqualTo(before);
            assertThatThrownBy(memory::close).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void mistakesAreTheDriversErrorsByName() {
        try (DeviceContext context = TestDevice.find().open(TYPES); DeviceMemory memory = context.allocate(16)) {
            assertThatThrownBy(() -> context.launch("no_such_kernel", new Grid(1, 1, 64)))
                    .hasMessage("clCreateKernel failed with CL_INVALID_KERNEL_NAME");
            assertThatThrownBy(() -> context.launch("swiglu", new Grid(1, 1, 256), memory))
                    .hasMessage("clEnqueueNDRangeKernel failed with CL_INVALID_KERNEL_ARGS");
            assertThatThrownBy(() -> context.upload(MemorySegment.ofAddress(memory.bytes()).reinterpret(32), memory, 0))
                    .hasMessage("clEnqueueWriteBuffer failed with CL_INVALID_VALUE");
        }
    }
}
