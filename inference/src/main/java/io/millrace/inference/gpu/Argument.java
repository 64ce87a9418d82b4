package io.millrace.inference.gpu;

/** What a kernel is given. */
public sealed interface Argument permits Argument.Word, DeviceMemory {
    /**
     * A number of 32 bits.
     *
     * @param bits as they are
     */
    record Word(int bits) implements Argument {}

    static Argument of(int value) {
        return new Word(value);
    }

    static Argument of(float value) {
        return new Word(Float.floatToRawIntBits(value));
    }
}
