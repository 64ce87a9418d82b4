package io.millrace.inference.kernel;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Vector shapes that go together: as many shorts and ints as the processor's widest vector has floats. */
final class Lanes {
    static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    static final int COUNT = FLOATS.length();
    /** So have AVX-512 and 64-bit ARM; other x86 vectors come in 16 registers. */
    static final boolean HAS_32_REGISTERS = COUNT >= 16 || System.getProperty("os.arch").equals("aarch64");
    static final VectorSpecies<Integer> INTS = VectorSpecies.of(int.class, FLOATS.vectorShape());
    static final VectorSpecies<Short> SHORTS = VectorSpecies.of(short.class,
            VectorShape.forBitSize(COUNT * Short.SIZE));
    /** As many bits as {@link #FLOATS}, so twice as many lanes. */
    static final VectorSpecies<Short> WIDE_SHORTS = VectorSpecies.of(short.class, FLOATS.vectorShape());
    /** Sixteen, in one to four vectors of floats. */
    static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_128;
    static final int BYTE_PARTS = BYTES.length() / COUNT;

    private Lanes() {}
}
