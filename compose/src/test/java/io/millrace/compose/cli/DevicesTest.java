package io.millrace.compose.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.millrace.inference.gpu.Driver;
import io.millrace.inference.gpu.Gpus;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class DevicesTest {
    private static final String[] COMPLETE = {"complete", "-p", "Once upon a time", "-n", "6", "--temp", "0"};

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

    @Test
    void flagsThatCannotBeAreExplained() {
        CommandRun negative = CommandRun.of("complete", "-p", "x", "-ngl", "-1");
        assertThat(negative.status()).isEqualTo(2);
        assertThat(negative.err()).contains("--gpu-layers must be 0 or more, not -1");
        CommandRun unknown = CommandRun.of("complete", "-p", "x", "-ngl", "1", "--device", "cuda77");
        assertThat(unknown.status()).isEqualTo(2);
        assertThat(unknown.err()).contains("there is no device 'cuda77'");
    }

    @Test
    void aTextIsCompletedThere() {
        var devices = Gpus.find().devices();
        assumeTrue(!devices.isEmpty(), "no device");
        String[] there = {"-ngl", "999", "--device", devices.getFirst().info().id()};
        var arguments = new String[COMPLETE.length + there.length];
        System.arraycopy(COMPLETE, 0, arguments, 0, COMPLETE.length);
        System.arraycopy(there, 0, arguments, COMPLETE.length, there.length);
        assertThat(CommandRun.output(arguments)).isNotBlank();
    }
}
