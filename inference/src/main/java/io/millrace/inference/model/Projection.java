package io.millrace.inference.model;

import io.millrace.inference.kernel.Activations;
import io.millrace.inference.kernel.Kernels;
import io.millrace.inference.kernel.Matrix;
import io.millrace.inference.kernel.PackedRows;
import java.lang.foreign.SegmentAllocator;

/**
 * A matrix as a team of threads multiplies with it: each member has its share of the rows, always the same one. A member packs its share when it first
 * needs it, so nothing is read twice and nothing early.
 */
final class Projection {
    private final Kernels kernels;
    private final Matrix matrix;
    private final SegmentAllocator memory;
    private final PackedRows[] packed; // a member; none if rows of this type stay as they are

    /**
     * @param memory where packed rows are to be
     * @param pack whether to pack what can be packed
     */
    Projection(Kernels kernels, Matrix matrix, int members, SegmentAllocator memory, boolean pack) {
        this.kernels = kernels;
        this.matrix = matrix;
        this.memory = memory;
        packed = pack && kernels.packs(matrix.type()) ? new PackedRows[members] : null;
    }

    /** Floats that {@link #multiply} wants for so many columns, besides its arguments. */
    static int scratch(int columns) {
        return Math.max(Kernels.SCRATCH_ROWS * columns, PackedRows.scratch(columns));
    }

    /**
     * One member's rows of {@code y = x} times the matrix, transposed.
     *
     * @param scratch at least {@link #scratch} floats, for this call alone
     */
    void multiply(Activations x, int tokens, float[] y, float[] scratch, int member, int members) {
        int from = share(member, members);
        int to = share(member + 1, members);
        if (packed == null) {
            kernels.multiply(matrix, from, to, x.values(), tokens, y, scratch);
            return;
        }
        if (packed[member] == null) {
            packed[member] = new PackedRows(matrix, from, to, memory);
        }
        packed[member].multiply(x, tokens, y, scratch);
    }

    /** Where a member's share of the rows begins: a whole number of tiles. */
    int share(int member, int members) {
        int tileRows = packed == null ? Kernels.SCRATCH_ROWS : PackedRows.PANEL_ROWS;
        int tiles = Math.ceilDiv(matrix.rows(), tileRows);
        return Math.min(matrix.rows(), (int) ((long) tiles * member / members) * tileRows);
    }
}
