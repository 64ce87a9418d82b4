/**
 * The mathematics of a forward pass, behind one interface: {@link io.millrace.inference.kernel.Kernels}.
 *
 * <p>There are two implementations: plain loops that say what is meant, and the same with the Vector API; tests hold them equal. How a tensor type
 * stores its rows is one file a type ({@code F32Rows}, {@code Q8Rows}, ...), registered in {@code RowFormats}. One promise above speed: a row's product with a column has one
 * order of summation, whatever else is in the batch, so a generation's numbers do not depend on its company.
 *
 * <p>Stateless and safe for any thread, as long as callers write to ranges of their own. This is the only package that may use {@code jdk.incubator.vector}.
 * It knows nothing of models, sequences or threads.
 */
package io.millrace.inference.kernel;
