package io.millrace.inference.quantize;

import io.millrace.inference.gguf.TensorType;
import java.nio.ByteBuffer;

/** IQ4_NL: one group and its scale a block. */
final class IQ4_NLEncoder extends BlockEncoder {
    IQ4_NLEncoder() {
        super(TensorType.IQ4_NL);
    }

    @Override
    void encodeBlock(float[] x, int at, ByteBuffer out) {
        float scale = NonLinearSearch.scale(x, at);
        var codes = new int[NonLinearSearch.GROUP];
        NonLinearSearch.encode(x, at, scale, codes, 0);
        out.putShort(Rounding.toHalf(scale));
        Packing.putNibbles(codes, 0, NonLinearSearch.GROUP / 2, out);
    }
}
