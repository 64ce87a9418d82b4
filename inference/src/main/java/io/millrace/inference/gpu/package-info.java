/**
 * Graphics processors, through their drivers' own libraries: no native code of ours, and nothing to install but the driver.
 *
 * <p>{@link io.millrace.inference.gpu.Gpus} finds devices, a {@link io.millrace.inference.gpu.Device} is opened as a
 * {@link io.millrace.inference.gpu.DeviceContext}, and this owns memory and runs kernels in the order in which they are given to it. Two drivers stand
 * behind that, OpenCL and CUDA, for which one kernel source is prepared by {@link io.millrace.inference.gpu.KernelSource}. Knows tensor types, but neither models nor caches.
 */
package io.millrace.inference.gpu;
