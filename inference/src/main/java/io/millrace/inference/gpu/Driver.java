package io.millrace.inference.gpu;

import java.util.List;

/**
 * What was found of a driver.
 *
 * @param name of the interface: CUDA or OpenCL
 * @param devices those that can be used
 * @param problems why others, or all, cannot: a line each
 */
public record Driver(String name, List<Device> devices, List<String> problems) {
    public Driver {
        devices = List.copyOf(devices);
        problems = List.copyOf(problems);
    }

    /** One that cannot be used at all. */
    static Driver unusable(String name, String problem) {
        return new Driver(name, List.of(), List.of(problem));
    }
}
