package io.millrace.inference.kernel;

import jdk.incubator.vector.ByteVector;

/** The sixteen values that a code of IQ4_NL and IQ4_XS stands for: closer together around zero, where weights are many. */
public final class NonLinearCodes {
    private static final byte[] VALUES = {-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

    private NonLinearCodes() {}

    /** The value of a code from 0 to 15; values rise with codes. */
    public static int value(int code) {
        return VALUES[code];
    }

    /** Apart, so that the plain loops need no vector module. */
    static final class Table {
        private static final ByteVector VECTOR = ByteVector.fromArray(Lanes.BYTES, VALUES, 0);

        private Table() {}

        static ByteVector values(ByteVector codes) {
            return codes.selectFrom(VECTOR);
        }
    }
}
