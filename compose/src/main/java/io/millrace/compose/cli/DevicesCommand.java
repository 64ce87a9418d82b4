package io.millrace.compose.cli;

import io.millrace.compose.Bytes;
import io.millrace.compose.cli.CommandLineInterface.Root;
import io.millrace.inference.gpu.DeviceInfo;
import io.millrace.inference.gpu.Driver;
import io.millrace.inference.gpu.Gpus;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "devices", mixinStandardHelpOptions = true, versionProvider = Version.class, description = "Lists the graphics processors that layers can be left to with --gpu-layers, and says why others cannot be used.")
final class DevicesCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        print(Gpus.find(), Root.outputOf(spec));
        return 0;
    }

    static void print(Gpus gpus, Output output) {
        if (gpus.devices().isEmpty()) {
            output.printLine("No graphics processor can be used: models run on this machine's processor.");
        }
        gpus.devices().forEach(device -> output.printLine(line(device.info())));
        for (Driver driver : gpus.drivers()) {
            driver.problems().forEach(problem -> output.printLine(driver.name() + ": " + problem));
        }
    }

    private static String line(DeviceInfo device) {
        return device.id() + ": " + device.name() + ", " + Bytes.readable(device.memoryBytes()) + ", "
                + device.driver()
                + (device.isProcessor() ? " (this machine's processor, which is faster without: for trying out)" : "");
    }
}
