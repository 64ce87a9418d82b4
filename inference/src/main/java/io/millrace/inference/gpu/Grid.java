package io.millrace.inference.gpu;

/**
 * How many groups run a kernel.
 *
 * @param x groups side by side, 1 or more
 * @param y groups one above the other, 1 or more
 * @param lanes of a group: what the kernel is written for
 */
public record Grid(int x, int y, int lanes) {}
