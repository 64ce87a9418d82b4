package io.millrace.compose.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.millrace.inference.gpu.Driver;
import io.millrace.inference.gpu.Gpus;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DevicesTest {
    @Test
    void onAMachineWithNothingItSaysSo() {
        var out = new ByteArrayOutputStream();
        DevicesCommand.print(
                new Gpus(List.of(
                        new Driver("CUDA", List.of(), List.of("libcuda.so.1 is not installed or cannot be loaded")),
                        new Driver("OpenCL", List.of(), List.of("no maker's driver is installed")))),
                new Output(new PrintStream(out, true, StandardCharsets.UTF_8)));
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("""
                No graphics processor can be used: models run on this machine's processor.
                CUDA: libcuda.so.1 is not installed or cannot be loaded
                OpenCL: no maker's driver is installed
                """);
    }

    @Test
    void whateverThereIsIsListed() {
        String listed = CommandRun.output("devices");
        Gpus.find().devices().forEach(device -> assertThat(listed)
                .contains(device.info().id() + ": " + device.info().name()));
        assertThat(listed).isNotBlank();
    }
}
