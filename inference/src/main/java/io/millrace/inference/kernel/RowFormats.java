package io.millrace.inference.kernel;

import io.millrace.inference.gguf.TensorType;
import java.util.Map;

/** Where a tensor type is registered: one line a type. */
final class RowFormats {
    static final Map<TensorType, RowFormat> SCALAR = Map.of(
            TensorType.F32, new F32Rows.Scalar(),
            TensorType.F16, new F16Rows.Scalar(),
            TensorType.BF16, new BF16Rows.Scalar(),
            TensorType.Q8_0, new Q8Rows.Scalar());

    private RowFormats() {}

    /** Apart from the scalar ones, so that those can be used without the vector module. */
    static final class Vectorised {
        static final Map<TensorType, RowFormat> ALL = Map.of(
                TensorType.F32, new F32Rows.Vector(),
                TensorType.F16, new F16Rows.Vector(),
                TensorType.BF16, new BF16Rows.Vector(),
                TensorType.Q8_0, new Q8Rows.Vector());

        private Vectorised() {}
    }
}
