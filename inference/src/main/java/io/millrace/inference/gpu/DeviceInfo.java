package io.millrace.inference.gpu;

/**
 * What a driver says of a device.
 *
 * @param id what users call it: its driver and its number there, such as {@code cuda0}
 * @param name the maker's
 * @param driver with its version
 * @param memoryBytes of the device
 * @param largestAllocation the most bytes of one piece of its memory
 * @param hasMatrixUnits whether products and attention are for matrix units there
 * @param isProcessor whether it is the machine's own processor behind another interface, which is no faster than without
 */
public record DeviceInfo(String id, String name, String driver, long memoryBytes, long largestAllocation,
        boolean hasMatrixUnits, boolean isProcessor) {}
