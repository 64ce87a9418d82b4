package io.millrace.inference.gpu;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The drivers of this machine and their devices. Absent and broken drivers are told about, and are no failure.
 *
 * @param drivers those that Millrace knows, the preferred one first
 */
public record Gpus(List<Driver> drivers) {
    public Gpus {
        drivers = List.copyOf(drivers);
    }

    /** Asks the drivers; takes up to some seconds. */
    public static Gpus find() {
        return new Gpus(List.of(CudaDriver.find(), OpenClDriver.find()));
    }

    public List<Device> devices() {
        return drivers.stream().flatMap(driver -> driver.devices().stream()).toList();
    }

    /**
     * Finds a device.
     *
     * @param id its {@link DeviceInfo#id}; empty for the first that is not the machine's own processor
     * @throws GpuException if there is none; the message says what there is
     */
    public Device choose(Optional<String> id) {
        return devices().stream()
                .filter(device -> id.map(device.info().id()::equalsIgnoreCase).orElse(!device.info().isProcessor()))
                .findFirst().orElseThrow(() -> new GpuException(id.map(wanted -> "there is no device '" + wanted + "'")
                        .orElse("there is no graphics processor that can be used") + ": " + explained()));
    }

    private String explained() {
        List<Device> all = devices();
        if (all.isEmpty()) {
            return drivers.stream().flatMap(driver -> driver.problems().stream().map(why -> driver.name() + ": " + why))
                    .collect(Collectors.joining("; "));
        }
        return "there is " + all.stream().map(device -> device.info().id() + ", " + device.info().name()
                + (device.info().isProcessor() ? ", which is this machine's processor and is taken by name only" : ""))
                .collect(Collectors.joining("; "));
    }
}
