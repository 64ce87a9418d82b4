package io.millrace.compose.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.compose.client.BrokerAddress;
import io.millrace.compose.doctor.Finding.Level;
import io.millrace.inference.LanguageModel;
import io.millrace.inference.gguf.Gguf;
import io.millrace.inference.gguf.TensorType;
import io.millrace.inference.kernel.Kernels;
import io.millrace.schemas.Topics;
import io.millrace.inference.gpu.Device;
import io.millrace.inference.gpu.DeviceContext;
import io.millrace.inference.gpu.DeviceInfo;
import io.millrace.inference.gpu.Driver;
import io.millrace.inference.gpu.Gpus;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoctorTest {
    private static final long GIB = 1L << 30;
    private static final MachineMemory LARGE = new MachineMemory(64 * GIB, 60 * GIB);
    private static final MachineMemory SMALL = new MachineMemory(8 << 20, 8 << 20);

    @TempDir
    Path folder;

    @Test
    void thisJvmComputesWithVectors() {
        assertThat(Kernels.vectorBits()).isGreaterThanOrEqualTo(128);
        assertThat(new JavaCheck().findings()).extracting(Finding::subject).containsExactly("Java", "CPU");
        assertThat(new JavaCheck().findings()).extracting(Finding::level).doesNotContain(Level.PROBLEM);
    }

    @ParameterizedTest
    @CsvSource({"25,512,amd64,OK,OK", "26,256,amd64,PROBLEM,OK", "25,128,x86_64,OK,WARN", "25,128,aarch64,OK,OK",
            "25,0,amd64,OK,PROBLEM"})
    void anotherJavaAndNarrowVectorsAreTold(int feature, int bits, String architecture, Level java, Level cpu) {
        assertThat(new JavaCheck(feature, bits, architecture).findings()).extracting(Finding::level)
                .containsExactly(java, cpu);
    }

    @Test
    void aModelThatFitsIsFine() {
        assertThat(model(LanguageModel::demoFile, 0, LARGE)).satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.OK);
            assertThat(finding.found()).contains("16 times", "64.0 GiB", "60.0 GiB available");
        });
    }

    @Test
    void aContextThatDoesNotFitIsAProblemIfItIsAskedForAndElseShortened() {
        assertThat(model(LanguageModel::demoFile, 100_000, SMALL)).satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.PROBLEM);
            assertThat(finding.remedy()).contains("--ctx-size", "--cache-type-k q8_0");
        });
        assertThat(model(LanguageModel::demoFile, 0, new MachineMemory(1 << 20, 1 << 20))).satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.PROBLEM);
            assertThat(finding.remedy()).contains("smaller");
        });
    }

    @Test
    void memoryThatOthersHoldIsAWarning() {
        assertThat(model(LanguageModel::demoFile, 0, new MachineMemory(64 * GIB, 1))).satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.WARN);
            assertThat(finding.remedy()).contains("other programs");
        });
    }

    @Test
    void aFileThatIsNoModelIsAProblem() throws Exception {
        Path file = Files.writeString(folder.resolve("no.gguf"), "no model");
        assertThat(model(() -> Gguf.open(file), 0, LARGE)).satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.PROBLEM);
            assertThat(finding.found()).contains("no.gguf");
        });
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whoHoldsAPortIsNamed() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(new PortCheck("--port", "127.0.0.1", taken.getLocalPort()).findings()).singleElement()
                    .satisfies(finding -> {
                        assertThat(finding.level()).isEqualTo(Level.PROBLEM);
                        assertThat(finding.found()).contains("process " + ProcessHandle.current().pid());
                        assertThat(finding.remedy()).contains("--port");
                    });
        }
    }

    @Test
    void aFreePortIsFine() {
        assertThat(new PortCheck("--port", "127.0.0.1", 0).findings()).extracting(Finding::level).containsExactly(
                Level.OK);
        assertThat(new PortCheck("--port", "127.0.0.1", 70_000).findings()).extracting(Finding::level).containsExactly(
                Level.PROBLEM);
        // of a network for documents (RFC 5737), which no machine has
        assertThat(new PortCheck("--port", "192.0.2.1", 0).findings()).extracting(Finding::level).containsExactly(
                Level.PROBLEM);
    }

    @ParameterizedTest
    @CsvSource({"1,PROBLEM", "1000000000,WARN", "9000000000,OK"})
    void littleRoomOnTheDiskIsTold(long free, Level level) {
        assertThat(new DiskCheck(folder.resolve("not/there/yet"), free).findings()).extracting(Finding::level)
                .containsExactly(level);
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aFileIsNoFolderForTopics() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertThat(new DiskCheck(file.resolve("kafka")).findings()).extracting(Finding::level).containsExactly(
                Level.PROBLEM);
    }

    @Test
    void aMachineWithoutGraphicsProcessorsIsFineUnlessItHasACard() {
        var none = new Gpus(List.of(new Driver("CUDA", List.of(), List.of("libcuda.so.1 is missing"))));
        assertThat(new GpuCheck(none, false).findings()).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.OK);
            assertThat(finding.found()).contains("the CPU computes").contains("libcuda.so.1 is missing");
        });
        assertThat(new GpuCheck(none, true).findings()).extracting(Finding::level).containsExactly(Level.WARN);
    }

    @Test
    void graphicsProcessorsAreNamedButForThisMachinesOwnProcessor() {
        var found = new Gpus(List.of(new Driver("OpenCL", List.of(new Known(new DeviceInfo("opencl0", "A card", "1",
                8L << 30, 2L << 30, false, false)), new Known(
                        new DeviceInfo("opencl1", "A CPU", "1", 8L << 30, 2L << 30, false,
                                true))),
                List.of())));
        assertThat(new GpuCheck(found, true).findings()).singleElement().satisfies(finding -> {
            assertThat(finding.level()).isEqualTo(Level.OK);
            assertThat(finding.found()).contains("opencl0, A card, 8.0 GiB").doesNotContain("A CPU");
        });
    }

    /** A device that is only looked at. */
    private record Known(DeviceInfo info) implements Device {
        @Override
        public DeviceContext open(Set<TensorType> types) {
            throw new UnsupportedOperationException();
        }
    }

    @Test
    void aBrokerThatIsAwayMattersOnlyIfItWasNamed() throws Exception {
        BrokerAddress address;
        try (var probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            address = BrokerAddress.parse("127.0.0.1:" + probe.getLocalPort());
        }
        assertThat(kafka(address, false)).extracting(Finding::level).containsExactly(Level.OK);
        assertThat(kafka(address, true)).extracting(Finding::level).containsExactly(Level.PROBLEM);
    }

    private static List<Finding> kafka(BrokerAddress address, boolean needed) {
        return new KafkaCheck(address, needed, Topics.DEFAULT, 8).findings();
    }

    private static Finding model(Supplier<Gguf> file, int context, MachineMemory machine) {
        var wanted = new ModelCheck.Wanted(context, 8192, 16, TensorType.F32, TensorType.F32);
        return new ModelCheck("model", file, wanted, machine).findings().getFirst();
    }
}
