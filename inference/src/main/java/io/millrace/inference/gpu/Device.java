package io.millrace.inference.gpu;

import io.millrace.inference.gguf.TensorType;
import java.util.Set;

/** A device that can be used. Safe for any thread. */
public interface Device {
    DeviceInfo info();

    /**
     * Makes it ready to compute.
     *
     * @param types of the matrices that there will be products with, some of {@link KernelSource#TYPES}
     * @throws GpuException if the driver fails
     */
    DeviceContext open(Set<TensorType> types);
}
